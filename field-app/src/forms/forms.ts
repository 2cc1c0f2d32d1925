/**
 * What the field app may say, from the vocabulary (forms.json is made by `python -m tools.field_forms`).
 *
 * Rules are those that data can tell; the node judges what arrives by all of them.
 */

import { Malformed } from "../codec/bytes.ts";
import type { Statement } from "../codec/body.ts";
import { Fraction } from "../codec/json.ts";
import type { Json } from "../codec/json.ts";
import made from "./forms.json" with { type: "json" };

export interface Field {
  readonly name: string;
  /** text, number, fraction, flag, moment, or the name of a value with parts. */
  readonly type: string;
  readonly many?: boolean;
  /** Without it the entry is none; `needed` says so in words where it may not be empty either. */
  readonly required?: boolean;
  readonly needed?: string;
  readonly default?: string | number | boolean;
  readonly codes?: string;
  readonly longest?: number;
  readonly least?: number;
  readonly most?: number;
  readonly above?: number;
  readonly below?: number;
  readonly label?: string;
  readonly help?: string;
}

/** Where `when` holds one of `codes` ('' for nothing; without codes: anything), `field` must be so. */
export interface Rule {
  readonly when: string;
  readonly codes?: readonly string[];
  readonly field: string;
  /** filled or empty */
  readonly must: string;
  readonly message: string;
}

export interface Form {
  readonly subject: string;
  readonly fields: readonly Field[];
  readonly rules: readonly Rule[];
  /** The field that says why an entry corrects another: then it says only what changes. */
  readonly corrects?: string;
}

interface Parts {
  readonly omits: boolean;
  readonly fields: readonly {
    readonly name: string;
    readonly required?: boolean;
    readonly default?: string | number | boolean | null;
    readonly type?: string;
  }[];
}

export type Values = Readonly<Record<string, Json | undefined>>;

/** What is wrong with a field; `limit` where the message is about one. */
export interface Refusal {
  readonly field: string;
  readonly message: string;
  readonly limit?: number;
}

const FORMS: Readonly<Record<string, Form>> = made.verbs;
const PARTS: Readonly<Record<string, Parts>> = made.parts;
const CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = made.codes;
export const VERBS: readonly string[] = Object.keys(FORMS);

export function form(verb: string): Form {
  const known = FORMS[verb];
  if (known === undefined) throw new Malformed(`${verb} is not said by this app`);
  return known;
}

/** Codes of a list that may be said, with their English labels. */
export function codes(list: string): Readonly<Record<string, string>> {
  return CODES[list] ?? {};
}

/** Whether `field` is asked where `when` is `code`: what some codes alone have not before one is chosen. */
export function asksFor(verb: string, field: string, when: string, code: string): boolean {
  const barred = form(verb).rules.filter((rule) => rule.when === when && rule.field === field && rule.must === "empty");
  return barred.length === 0 || (code !== "" && !barred.some((rule) => rule.codes?.includes(code)));
}

/** What the node would refuse, as far as data can tell; nothing where all of it may be said. */
export function check(verb: string, values: Values): Refusal[] {
  const { fields, rules, corrects } = form(verb);
  const known = new Set(fields.map((field) => field.name));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  if (unknown.length > 0) return unknown.map((field) => ({ field, message: "is not a field of this entry" }));
  const found = fields.flatMap((field) => checkField(field, values[field.name]));
  // A correction says only what changes: what an entry that begins something needs is not asked of it.
  const always = corrects !== undefined && fields.some((field) => field.name === corrects && field.needed);
  const correcting = corrects !== undefined && !always && !isEmpty(values[corrects]);
  if (correcting) return found;
  for (const field of fields) {
    const value = values[field.name];
    if (field.needed !== undefined && isEmpty(value)) {
      found.push({ field: field.name, message: field.needed });
    } else if (field.required === true && value === undefined) {
      found.push({ field: field.name, message: "is missing; fill it in" });
    }
  }
  for (const rule of rules) {
    const value = values[rule.when];
    const holds = rule.codes === undefined ? !isEmpty(value) : rule.codes.includes(isEmpty(value) ? "" : String(value));
    const filled = !isEmpty(values[rule.field]);
    if (holds && filled !== (rule.must === "filled")) found.push({ field: rule.field, message: rule.message });
  }
  return found;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0) return true;
  if (typeof value === "string") return value.trim() === "";
  return Array.isArray(value) && value.length === 0;
}

function checkField(field: Field, value: Json | undefined): Refusal[] {
  if (isEmpty(value)) return [];
  const { name } = field;
  const found: Refusal[] = [];
  for (const item of field.many === true && isList(value) ? value : [value]) {
    if (field.codes !== undefined && !(String(item) in codes(field.codes))) {
      found.push({ field: name, message: "this is not a value it can have" });
    }
    // As the node counts: by code points.
    if (field.longest !== undefined && [...String(item)].length > field.longest) {
      found.push({ field: name, message: "say it in at most %(most)s characters", limit: field.longest });
    }
    const size = Number(item);
    const { least = -Infinity, most = Infinity, above = -Infinity, below = Infinity } = field;
    if (field.type === "number" || field.type === "fraction") {
      if (size < least || size <= above) found.push({ field: name, message: "too small", limit: least });
      if (size > most || size >= below) found.push({ field: name, message: "too large", limit: most });
    }
  }
  return found;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The entry's statements; `supersedes` names, per field, the entries whose value this one replaces. */
export function statements(
  verb: string,
  values: Values,
  supersedes: Readonly<Record<string, readonly string[]>> = {},
): Statement[] {
  const replacing = Object.keys(supersedes).length > 0;
  return form(verb).fields.flatMap((field): Statement[] => {
    const { name } = field;
    const superseded = supersedes[name] ?? [];
    const value = values[name];
    const asserted = (item: Json): Statement => ({
      field: name,
      operator: "assert",
      value: written(field, item),
      supersedes: superseded,
    });
    const retracted: Statement[] =
      superseded.length > 0 ? [{ field: name, operator: "retract", supersedes: superseded }] : [];
    if (field.many === true) {
      return isList(value) && value.length > 0 ? value.map(asserted) : retracted;
    }
    // Where leaving out means something ('no' of danger), what nobody asked is said as such.
    if (value === "" && typeof field.default === "string" && field.default !== "") return [asserted("")];
    if (value === undefined || value === null || value === "") return retracted;
    // What is as usual is said only where it takes another value's place.
    if (isUsual(field, value) && !(replacing && superseded.length > 0)) return [];
    return [asserted(value)];
  });
}

function isUsual(field: Field, value: Json): boolean {
  if (field.required === true) return false;
  return value === (field.default ?? (field.type === "flag" ? false : undefined));
}

/** A value in the form in which the node writes it. */
function written(field: Field, value: Json): Json {
  if (field.type === "fraction") return typeof value === "number" ? new Fraction(value) : value;
  const parts = PARTS[field.type];
  if (parts === undefined) return value;
  if (value === null || typeof value !== "object" || isList(value) || value instanceof Fraction) {
    throw new Malformed(`${field.name}: not of its parts`);
  }
  const whole: Record<string, Json> = {};
  for (const part of parts.fields) {
    const held = value[part.name] ?? part.default ?? null;
    if (parts.omits && part.required !== true && held === (part.default ?? null)) continue;
    whole[part.name] = part.type === "fraction" && typeof held === "number" ? new Fraction(held) : held;
  }
  return whole;
}
