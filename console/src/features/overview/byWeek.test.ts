import { expect, it } from "vitest";
import { byWeek } from "./byWeek";

const day = (date: string, orders: number) => ({ date, orders, customers: orders, revenue: orders * 10, refunded: 1 });

it("sums days up to weeks that start on Monday, over the turn of the year", () => {
  const weeks = byWeek([day("2010-12-26", 1), day("2010-12-27", 2), day("2011-01-02", 3), day("2011-01-03", 4)]);
  expect(weeks.map((week) => [week.date, week.orders, week.revenue, week.refunded])).toEqual([
    ["2010-12-20", 1, 10, 1],
    ["2010-12-27", 5, 50, 2],
    ["2011-01-03", 4, 40, 1],
  ]);
});

it("gives no number of customers, since a person who comes twice would count twice", () => {
  expect(byWeek([day("2011-01-03", 4), day("2011-01-04", 4)])[0]?.customers).toBe(0);
});
