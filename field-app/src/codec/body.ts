/** The body of an entry (docs/journal-format.md §4), in the bytes in which the node would write it. */

import { fromUtf8, hex, Malformed, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { encode } from "./json.ts";
import type { Json } from "./json.ts";

export type Operator = "assert" | "retract" | "attest";

export interface Statement {
  readonly field: string;
  readonly operator: Operator;
  readonly value?: Json;
  /** Names of entries (hex) whose value of this field it takes the place of. */
  readonly supersedes?: readonly string[];
}

export interface Happened {
  /** As `moment` writes it. */
  readonly at: string;
  readonly zone: string;
  readonly precision: "minute" | "hour" | "day" | "month" | "year";
}

export interface Body {
  readonly verb: string;
  readonly subject: string;
  readonly operation?: string;
  readonly authority: string;
  readonly officer: string;
  readonly happened: Happened;
  readonly clock: string;
  readonly source?: string;
  readonly interpreter?: string;
  readonly provenance?: "" | "generated" | "published";
  readonly statements?: readonly Statement[];
  readonly nonce?: string;
  readonly proof?: string;
  readonly after?: readonly string[];
}

export function encodeBody(body: Body): Bytes {
  const { at, zone, precision } = body.happened;
  const parts: Record<string, Json> = { verb: body.verb, subject: body.subject };
  const put = (name: string, value: Json | undefined, otherwise: Json) => {
    if (value !== undefined && value !== otherwise) parts[name] = value;
  };
  put("operation", body.operation, "");
  parts["authority"] = body.authority;
  parts["officer"] = body.officer;
  parts["happened"] = { at, zone, precision };
  parts["clock"] = body.clock;
  put("source", body.source, "saw");
  put("interpreter", body.interpreter, "");
  put("provenance", body.provenance, "");
  if (body.statements?.length) parts["statements"] = body.statements.map(stated);
  put("nonce", body.nonce, "");
  put("proof", body.proof, "");
  if (body.after !== undefined) parts["after"] = body.after;
  return utf8(encode(parts));
}

function stated(statement: Statement): Json {
  const { field, operator, value = null, supersedes = [] } = statement;
  return [field, operator, value, supersedes];
}

/** An opened body, read as JSON; who shows it checks what it holds. */
export function decodeBody(plain: Bytes): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(plain));
  } catch {
    throw new Malformed("body: not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed("body: no object");
  return { ...value };
}

/** A time with its offset from UTC in minutes: 2018-04-05T09:40:00-04:00. */
export function moment(milliseconds: number, offset: number): string {
  if (!Number.isInteger(milliseconds) || !Number.isInteger(offset) || Math.abs(offset) >= 24 * 60) {
    throw new Malformed("time: none");
  }
  const local = new Date(milliseconds + offset * 60_000).toISOString().slice(0, -1);
  const [seconds, thousandths] = local.split(".");
  const fraction = thousandths === "000" ? "" : `.${thousandths}000`;
  if (offset === 0) return `${seconds}${fraction}Z`;
  const minutes = Math.abs(offset);
  const two = (part: number) => String(part).padStart(2, "0");
  const sign = offset < 0 ? "-" : "+";
  return `${seconds}${fraction}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The name of an entry as bodies write it. */
export function nameOf(hash: Bytes): string {
  return hex(hash);
}
