/** Times as people say them: '8 April, 08:06 (UTC-4)', '2 h 54 min'. */

import { language, t } from "./words/index.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function zone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return "(UTC)";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `(UTC${minutes < 0 ? "−" : "+"}${hours}${rest > 0 ? `:${String(rest).padStart(2, "0")}` : ""})`;
}

export function clock(at: number): string {
  return new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", hour12: false, hourCycle: "h23" }).format(at);
}

export function day(at: number, year = false): string {
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), {
    day: "numeric",
    month: "long",
    ...(year ? { year: "numeric" } : {}),
  }).format(at);
}

/** '8 Apr, 08:06': where there is little room. */
export function shortly(at: number): string {
  const tag = language() === "en" ? "en-GB" : language();
  return `${new Intl.DateTimeFormat(tag, { day: "numeric", month: "short" }).format(at)}, ${clock(at)}`;
}

export function dayAndClock(at: number): string {
  return `${day(at)}, ${clock(at)}`;
}

/** How long: minutes below two hours, hours and minutes below two days, days beyond. */
export function length(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE));
  if (minutes < 60) return t("time.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 12 && minutes % 60 > 0) return t("time.hours-minutes", { h: hours, n: minutes % 60 });
  if (hours < 72) return t("time.hours", { n: Math.round(minutes / 60) });
  return t("time.days", { n: Math.floor(hours / 24) });
}

/** The day of the phone's calendar, as an entry has it. */
export function isoDay(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
