/** The machine readable zone of a travel document (ICAO Doc 9303, parts 4 to 6), with its check digits. */

import { alpha2 } from "./countries.ts";

export interface Zone {
  readonly kind: "passport" | "identity-card" | "visa" | "other";
  readonly number: string;
  /** alpha-2; '' where the code is none of the list. */
  readonly issuer: string;
  readonly nationality: string;
  readonly family: string;
  readonly given: string;
  /** YYYY-MM-DD, or as much of it as the document has; '' for none. */
  readonly birth: string;
  readonly sex: "female" | "male" | "";
  readonly expires: string;
  /** Parts whose check digit is wrong: typed wrong, or the document is. */
  readonly wrong: readonly ("number" | "birth" | "expiry" | "whole")[];
}

const WEIGHTS = [7, 3, 1];

/** Sum of the signs, weighted 7, 3, 1, of which the last digit counts. */
export function checkDigit(text: string): string {
  let sum = 0;
  [...text].forEach((sign, at) => {
    const value = sign === "<" ? 0 : /\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 55;
    sum += value * (WEIGHTS[at % 3] ?? 0);
  });
  return String(sum % 10);
}

const fits = (text: string, digit: string): boolean => checkDigit(text) === digit;

/** Two figures of a year: a birth lies behind today, an end within fifty years of it. */
function date(text: string, today: Date, ends: boolean): string {
  const year = text.slice(0, 2);
  if (!/^\d\d$/.test(year)) return "";
  const now = today.getFullYear();
  let full = Math.floor(now / 100) * 100 + Number(year);
  if (full > (ends ? now + 50 : now)) full -= 100;
  else if (ends && full < now - 50) full += 100;
  const parts = [text.slice(2, 4), text.slice(4, 6)];
  const known = /^\d\d$/.test(parts[0] ?? "") ? (/^\d\d$/.test(parts[1] ?? "") ? parts : parts.slice(0, 1)) : [];
  return [String(full), ...known].join("-");
}

function names(text: string): { family: string; given: string } {
  const [family = "", given = ""] = text.split("<<");
  const clean = (part: string): string => part.replace(/</g, " ").trim();
  return { family: clean(family), given: clean(given) };
}

/** null where it is no zone of 3 × 30, 2 × 36 or 2 × 44 signs. */
export function readZone(typed: string, today = new Date()): Zone | null {
  const lines = typed.toUpperCase().split(/\n/).map((line) => line.replace(/\s/g, "").replace(/[«‹]/g, "<")).filter(Boolean);
  const width = lines[0]?.length ?? 0;
  const shape = `${lines.length}x${width}`;
  if (!lines.every((line) => line.length === width && /^[A-Z0-9<]+$/.test(line))) return null;
  const [first = "", second = "", third = ""] = lines;
  const code = first.slice(0, 1);
  const kind = code === "P" ? "passport" : code === "V" ? "visa" : ["I", "A", "C"].includes(code) ? "identity-card" : "other";
  if (shape === "3x30") {
    // A number longer than nine signs goes on in the optional part, before its check digit.
    const goesOn = first[14] === "<" ? first.slice(15).split("<")[0] ?? "" : "";
    const number = goesOn === "" ? first.slice(5, 14) : first.slice(5, 14) + goesOn.slice(0, -1);
    const digit = goesOn === "" ? first[14] ?? "" : goesOn.slice(-1);
    const whole = first.slice(5, 30) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29);
    return made(kind, number, digit, first.slice(2, 5), second.slice(15, 18), second.slice(0, 6), second[6] ?? "", second[7] ?? "", second.slice(8, 14), second[14] ?? "", third, whole, second[29] ?? "", today);
  }
  if (shape !== "2x36" && shape !== "2x44") return null;
  const end = width - 1;
  const whole = second.slice(0, 10) + second.slice(13, 20) + second.slice(21, end);
  // A visa has no check digit of the whole.
  const last = kind === "visa" ? checkDigit(whole) : second[end] ?? "";
  return made(kind, second.slice(0, 9), second[9] ?? "", first.slice(2, 5), second.slice(10, 13), second.slice(13, 19), second[19] ?? "", second[20] ?? "", second.slice(21, 27), second[27] ?? "", first.slice(5), whole, last, today);
}

function made(kind: Zone["kind"], number: string, numberDigit: string, issuer: string, nationality: string, birth: string, birthDigit: string, sex: string, expiry: string, expiryDigit: string, named: string, whole: string, wholeDigit: string, today: Date): Zone {
  const wrong: Zone["wrong"][number][] = [];
  if (!fits(number, numberDigit)) wrong.push("number");
  if (!fits(birth, birthDigit)) wrong.push("birth");
  if (!fits(expiry, expiryDigit)) wrong.push("expiry");
  if (!fits(whole, wholeDigit)) wrong.push("whole");
  return {
    kind,
    number: number.replace(/</g, ""),
    issuer: alpha2(issuer),
    nationality: alpha2(nationality),
    ...names(named),
    birth: date(birth, today, false),
    sex: sex === "F" ? "female" : sex === "M" ? "male" : "",
    expires: date(expiry, today, true),
    wrong,
  };
}
