import type { TrendPoint } from "@/api/types";

/**
 * Days summed up to weeks that start on Monday. Customers of a week are not the sum of those of its days (one person
 * buys on two days), so that number is not given.
 */
export function byWeek(days: readonly TrendPoint[]): TrendPoint[] {
  const weeks = new Map<string, TrendPoint>();
  for (const day of days) {
    const monday = mondayOf(day.date);
    const week = weeks.get(monday) ?? { date: monday, orders: 0, customers: 0, revenue: 0, refunded: 0 };
    week.orders += day.orders;
    week.revenue += day.revenue;
    week.refunded += day.refunded;
    weeks.set(monday, week);
  }
  return [...weeks.values()];
}

function mondayOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}
