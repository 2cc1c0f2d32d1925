/** JSON as the node writes it: no blanks, signs of other scripts as they are, and fractions with their point. */

import { Malformed } from "./bytes.ts";

/** A number that may have a fraction (a latitude): 5 is written 5.0, as the node's struct has it. */
export class Fraction {
  constructor(readonly value: number) {
    if (!Number.isFinite(value)) throw new Malformed("number: none");
  }

  toString(): string {
    const { value } = this;
    const size = Math.abs(value);
    if (Object.is(value, -0)) return "-0.0";
    if (value === 0 || (size >= 1e-5 && size < 1e16)) {
      const plain = String(value);
      return plain.includes(".") ? plain : `${plain}.0`;
    }
    return value.toExponential().replace("+", "");
  }
}

export type Json = null | boolean | number | string | Fraction | readonly Json[] | { readonly [name: string]: Json };

export function encode(value: Json): string {
  if (value instanceof Fraction) return value.toString();
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Malformed("number: neither whole nor a fraction");
    return String(value);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(encode).join(",")}]`;
  const parts = Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}:${encode(part)}`);
  return `{${parts.join(",")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
