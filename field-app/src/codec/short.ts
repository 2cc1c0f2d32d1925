/**
 * What a parcel does not say twice (docs/field-app.md, Parcels): the header of an entry that follows another of the
 * parcel in its log is made of that one's and of the entry's own body; a key for a reader names an entry that is
 * sealed with it and an earlier key for the same reader. The node makes the exact bytes of both again.
 */

import { equal, hex } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import * as header from "./header.ts";
import * as messagepack from "./messagepack.ts";
import type { Carried } from "./parcel.ts";
import * as keys from "./wrap.ts";

/** For each entry its header, or a short form of it: the place of the entry before it in its log, what it depends on. */
export function shortHeaders(entries: readonly Carried[]): readonly Bytes[] {
  const logs = new Map<string, { at: number; head: header.Header; name: Bytes }>();
  return entries.map(({ header: exact, body }, at) => {
    const head = header.decode(exact);
    const log = `${hex(head.device)} ${hex(head.compartment)} ${hex(head.keyId)} ${head.typeClass}`;
    const before = logs.get(log);
    logs.set(log, { at, head, name: header.entryHash(exact) });
    const follows = before !== undefined && head.seq === before.head.seq + 1 && equal(head.previous, before.name);
    return follows && body !== null ? messagepack.encode([before.at, head.depends]) : exact;
  });
}

/** For each wrap itself, or a short form of it: the place of an entry, the place of another wrap, and the seal. */
export function shortWraps(wraps: readonly Bytes[], entries: readonly Carried[]): readonly Bytes[] {
  const heads = entries.map((entry) => header.decode(entry.header));
  const whole = new Map<string, number>();
  return wraps.map((packed, at) => {
    const { compartment, kid, number, recipient, giver, reader, sealed } = keys.unpack(packed);
    const named = [number, hex(recipient), giver, reader].join(" ");
    const of = heads.findIndex((head) => equal(head.compartment, compartment) && equal(head.keyId, kid));
    const like = whole.get(named);
    if (of >= 0 && like !== undefined) return messagepack.encode([of, like, sealed]);
    if (like === undefined) whole.set(named, at);
    return packed;
  });
}
