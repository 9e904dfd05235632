import type { Language } from "@/i18n";

type MoneyStyle = { compact?: boolean; exact?: boolean };

/** Every number, amount and date that the console shows goes through one of these. */
export interface Format {
  /** 12,840 */
  number(value: number, digits?: number): string;
  /** 0.90, always with as many digits after the point. */
  decimal(value: number, digits: number): string;
  /** 12.8K, 1.28万 */
  compact(value: number): string;
  /** A size of a file: 1.2 MB, with 1,000 bytes to a kilobyte. */
  bytes(value: number): string;
  /** 4.3 %; `digits` after the point, one by default. */
  percent(value: number, digits?: number): string;
  /** A change or an effect with its sign: +4.3 % */
  signedPercent(value: number, digits?: number): string;
  /** Whole units from 1,000 on, cents below; `exact` always shows cents, `compact` never does, and shortens. */
  money(value: number, currency: string, style?: MoneyStyle): string;
  /** 9 Dec 2011 */
  date(value: string | Date): string;
  /** 9 Dec */
  day(value: string | Date): string;
  /** Friday, 9 December 2011 */
  longDate(value: string | Date): string;
  /** 12:50 */
  time(value: string | Date): string;
  /** 12:50:07 */
  timeToSecond(value: string | Date): string;
  /** 9 Dec 2011, 12:50 */
  dateTime(value: string | Date): string;
  /** Dec 2011 */
  month(value: string | Date): string;
  /** "a, b and c" */
  list(values: readonly string[]): string;
  /** "12 days", in the language's own words. */
  days(value: number): string;
  /** "3 minutes ago", counted from the server's own time; what lies ahead of that is now. */
  ago(value: string, now: string): string;
}

const dayOnly = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Formats of a language and of the shop's time zone. Times are shown as the shop's clocks showed them: in the reader's
 * zone orders would move to other days, and daily sums would disagree with the days that they stand under.
 */
export function makeFormat(language: Language, zone = "UTC"): Format {
  const timeZone = isZone(zone) ? zone : "UTC";
  const locale = language === "en" ? "en-GB" : "zh-CN";
  const number = memo((digits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }));
  const decimal = memo(
    (digits: number) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
  const percent = memo(
    (digits: number) =>
      new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const signed = memo(
    (digits: number) =>
      new Intl.NumberFormat(locale, {
        style: "percent",
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: "exceptZero",
      }),
  );
  const money = memo((key: string) => moneyFormat(locale, key));
  const date = memo((key: string) => {
    const [style = "date", shown] = key.split("|");
    return new Intl.DateTimeFormat(locale, { ...dateStyles[style as DateStyle], timeZone: shown });
  });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const days = memo(
    (digits: number) =>
      new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: digits }),
  );
  const print = (style: DateStyle) => (value: string | Date) => {
    const parsed = typeof value === "string" ? new Date(value) : value;
    if (Number.isNaN(parsed.getTime())) return String(value);
    // A calendar day has no zone; reading it in one could make it the day before.
    const shown = typeof value === "string" && dayOnly.test(value) ? "UTC" : timeZone;
    return date(`${style}|${shown}`).format(parsed);
  };
  return {
    number: (value, digits = 0) => number(digits).format(value),
    decimal: (value, digits) => decimal(digits).format(value),
    compact: (value) => compact.format(value),
    bytes: (value) => bytes(locale, value),
    percent: (value, digits = 1) => percent(digits).format(value),
    signedPercent: (value, digits = 1) => signed(digits).format(value),
    money: (value, currency, style = {}) => money(`${currency}|${moneyStyle(value, style)}`).format(value),
    date: print("date"),
    day: print("day"),
    longDate: print("longDate"),
    time: print("time"),
    timeToSecond: print("timeToSecond"),
    dateTime: print("dateTime"),
    month: print("month"),
    list: (values) => list.format(values),
    ago: (value, now) => elapsed(locale, (Date.parse(now) - Date.parse(value)) / 1_000),
    days: (value) => days(Math.abs(value) < 10 && value % 1 !== 0 ? 1 : 0).format(value),
  };
}

function bytes(locale: string, value: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const style = { style: "unit", unit: units[step], unitDisplay: step === 0 ? "long" : "short" } as const;
  return new Intl.NumberFormat(locale, { ...style, maximumSignificantDigits: 3 }).format(value / 1_000 ** step);
}

const dateStyles = {
  date: { year: "numeric", month: "short", day: "numeric" },
  day: { month: "short", day: "numeric" },
  longDate: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  timeToSecond: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  dateTime: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  month: { year: "numeric", month: "short" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;
type DateStyle = keyof typeof dateStyles;

const units: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function elapsed(locale: string, seconds: number): string {
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ["second", 1];
  const count = Math.max(0, Math.floor(seconds / size));
  // Numbers throughout: "yesterday" is a day of the calendar, which 47 hours ago is not always. Only nought seconds are "now".
  return new Intl.RelativeTimeFormat(locale, { numeric: count === 0 ? "auto" : "always" }).format(-count, unit);
}

/** Whether this browser knows the zone; an unknown one must not take the page down. */
function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}

function moneyStyle(value: number, style: MoneyStyle): string {
  const size = Math.abs(value);
  if (style.exact) return "exact";
  if (style.compact) return size >= 10_000 ? "compact" : "whole";
  return size < 1_000 ? "exact" : "whole";
}

function moneyFormat(locale: string, key: string): { format(value: number): string } {
  const [currency = "", style] = key.split("|");
  const shape: Intl.NumberFormatOptions =
    style === "compact"
      ? { notation: "compact", maximumSignificantDigits: 3 }
      : style === "whole"
        ? { maximumFractionDigits: 0 }
        : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", ...shape });
  } catch {
    // A currency that Intl does not know must not take the page down: the amount stands alone.
    return new Intl.NumberFormat(locale, shape);
  }
}

function memo<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}
