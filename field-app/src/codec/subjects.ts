/** Ids that prove who made them (docs/journal-format.md §4). */

import { bigEndian, concat, hex, Malformed, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { sha256 } from "./hashing.ts";

const SUBJECT = utf8("libertad subject v1\0");
const FILE = utf8("libertad file v1\0");

/** The id (hex) of a subject that `authority` begins in `file` (hex, or empty) by a nonce of 16 bytes. */
export function subjectId(
  authority: string,
  nonce: Bytes,
  file = "",
  prefix: Bytes = new Uint8Array(0),
): string {
  if (nonce.length !== 16 || (prefix.length !== 0 && prefix.length !== 6)) throw new Malformed("id: its nonce");
  const framed = [utf8(authority), utf8(file), prefix].flatMap((part) => [bigEndian(part.length, 2), part]);
  return hex(concat(prefix, sha256(SUBJECT, ...framed, nonce)).slice(0, 16));
}

/** A file's id (hex), from who opens it, its kind, what it is about, and a nonce (hex of 32 bytes). */
export function fileId(owner: string, kind: string, about: string, nonce: string): string {
  return hex(sha256(FILE, utf8([owner, kind, about, nonce].join("\0"))).slice(0, 16));
}
