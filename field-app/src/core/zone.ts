/** Minutes from UTC in a time zone, by the browser's own tables. */

export function offsetOf(zone: string, at: number): number {
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = formatOf(zone).formatToParts(at);
  } catch {
    throw new Error(`this phone does not know the time zone ${zone}`);
  }
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? "0");
  const local = Date.UTC(number("year"), number("month") - 1, number("day"), number("hour"), number("minute"), number("second"));
  return Math.round((local - Math.floor(at / 1000) * 1000) / 60_000);
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = FORMATS.get(zone);
  if (format === undefined) {
    const whole = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
    format = new Intl.DateTimeFormat("en-US", { ...whole, timeZone: zone, hourCycle: "h23" });
    FORMATS.set(zone, format);
  }
  return format;
}
