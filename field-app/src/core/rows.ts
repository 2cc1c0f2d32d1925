/** What lies in the store's tables. Nothing of a person in the clear: entries, lease and own records are sealed. */

import type { Bytes } from "../codec/bytes.ts";
import type { Values } from "../forms/forms.ts";
import type { Delivery, SharedFile } from "./types.ts";

/** meta 'phone': what is captured with while locked. Ids, readers, recipients' public keys; no name. */
export interface Phone {
  readonly device: string;
  readonly public: string;
  readonly code: string;
  readonly until: number;
  readonly authority: string;
  readonly officer: string;
  readonly operation: string;
  readonly generated: boolean;
  readonly zone: string;
  readonly country: string;
  /** Of the operation's clock over the node's: 0 but in an exercise. */
  readonly shift: number;
  /** Of the phone's clock over the node's at the last contact. */
  readonly off: number;
  readonly node: string;
  readonly readers: readonly string[];
  readonly recipients: readonly StoredRecipient[];
  readonly files: readonly SharedFile[];
  readonly team: string;
  readonly site: string;
  /** How the team stood when it was last said: what a danger is said with. */
  readonly teamState: string;
  readonly verbs: readonly string[];
  readonly captureUntil: number;
  /** Of the task and what others said; null once it has ended. */
  readonly lease: Ending | null;
  /** Of what this phone recorded; null where it has ended and nobody has unlocked the app since. */
  readonly own: Ending | null;
  /** Public half of the key of custody, which ends with this phone's keys; '' before the first grant. */
  readonly custody: string;
  /** '' while access goes on; else why the node ended it. */
  readonly ended: string;
  readonly destroyed: boolean;
}

/** A key that ends at a time that this phone counts (`counting.ts`), and its public half (hex). */
export interface Ending {
  readonly until: number;
  readonly public: string;
}

export interface StoredRecipient {
  readonly authority: string;
  readonly key_id: string;
  readonly public: string;
  readonly made: number;
}

/** meta 'counters', replaced with every capture. */
export interface Counters {
  /** Of rows, in the order in which they were written. */
  readonly row: number;
  /** The last number given, by the letter of its references ('' for exhibits). */
  readonly references: Readonly<Record<string, number>>;
  /** Of the last entry, by the operation's clock: none is written with an earlier one. */
  readonly clock: number;
}

export const NO_COUNTERS: Counters = { row: 0, references: {}, clock: 0 };

/** meta 'contact'. */
export interface Contact {
  readonly lastHandOver: number | null;
  readonly appVersion: string;
}

/** meta 'visit': the one under way, whose id people and counts name before it is recorded. */
export interface Visit {
  readonly id: string;
  readonly nonce: string;
  readonly recorded: boolean;
}

export interface Log {
  readonly seq: number;
  readonly previous: Bytes;
}

/** subjects: where an id of this phone is spoken of, and the last entry about it. */
export interface Subject {
  readonly file: string;
  readonly kind: string;
  readonly last: string;
}

/** outbox: what bodies, wraps and chunks are there for. The photo's entry is delivered first. */
export interface Waiting {
  readonly entry: string;
  readonly file: string;
  readonly kind: string;
  readonly rank: number;
  readonly at: number;
  readonly size: number;
  readonly state: "unsigned" | "unsent" | "photo" | "refused";
  readonly why: string;
  /** Names of chunks that the node has not. */
  readonly chunks: readonly string[];
}

export interface Body {
  readonly header: Bytes;
  readonly signature: Bytes;
  readonly body: Bytes;
}

/** wraps, by file: those that no answer confirmed. */
export interface Wraps {
  readonly list: readonly Bytes[];
}

/** records: an own entry as it was said; slips: what stays of it. Each under the key of a session, which is sealed. */
export interface SealedRecord {
  readonly entry: string;
  readonly session: string;
  readonly nonce: Bytes;
  readonly sealed: Bytes;
}

export interface PlainRecord {
  /** Its place among all that this phone wrote. */
  readonly row: number;
  readonly entry: string;
  readonly verb: string;
  readonly subject: string;
  readonly reference: string;
  readonly values: Values;
  readonly at: number;
  readonly corrects: string;
  readonly photos: number;
  readonly file: string;
  /** Of a person's file, which goes on while this record can be read; '' of all others. */
  readonly key: string;
}

/** told: what the node keeps and does not use yet. */
export interface Told {
  readonly entry: string;
  readonly kind: string;
  readonly at: number;
  readonly size: number;
  readonly delivery: Extract<Delivery, "held">;
  readonly why: string;
}

/** carried: another phone's parcel, sealed to the node, and what the node answered. */
export interface Carried {
  readonly body: Bytes;
  /** Name of the set of codes in which it came; '' for a file. */
  readonly set: string;
  readonly at: number;
  readonly answer: Bytes | null;
  readonly problem: string;
}

/** sets: a parcel that went by QR or as a file, so that its answer can be read. */
export interface SentSet {
  readonly seed: Bytes;
  readonly ask: Bytes;
  readonly at: number;
  readonly parcel: Sent;
}

export interface Sent {
  readonly number: number;
  readonly entries: readonly string[];
  readonly chunks: readonly string[];
  /** Files whose wraps went, and which (hex of SHA-256). */
  readonly wraps: readonly { readonly file: string; readonly names: readonly string[] }[];
}

/** Keys of rows sort as they were written. */
export function rowKey(row: number): string {
  return String(row).padStart(12, "0");
}
