/** What the core asks of the machine that it runs on: a browser, or memory in tests and scripts. */

import type { Bytes } from "../codec/bytes.ts";

/** Tables of the store; what lies in each stands in rows.ts. */
export const TABLES = [
  "meta",
  "logs",
  "subjects",
  "outbox",
  "bodies",
  "wraps",
  "chunks",
  "records",
  "slips",
  "drafts",
  "forms",
  "told",
  "offers",
  "carried",
  "sets",
] as const;
export type Table = (typeof TABLES)[number];

export type Change =
  | { readonly table: Table; readonly key: string; readonly value: unknown }
  | { readonly table: Table; readonly key: string; readonly remove: true }
  | { readonly table: Table; readonly clear: true };

/**
 * `commit` writes all of it or nothing, and resolves when it is on the disk. The same changes committed twice
 * are the same store: whoever does not know whether they were written commits them again.
 */
export interface Store {
  get(table: Table, key: string): Promise<unknown>;
  /** By key, ascending. */
  all(table: Table): Promise<readonly (readonly [key: string, value: unknown])[]>;
  commit(changes: readonly Change[]): Promise<void>;
  close(): void;
}

/** Files of 32 bytes that are overwritten in place. */
export interface Parts {
  read(name: PartName): Promise<Bytes | null>;
  overwrite(name: PartName, part: Bytes): Promise<void>;
}
export type PartName = "keys" | "lease" | "own";

export interface Room {
  readonly persisted: boolean;
  readonly installed: boolean;
  readonly quota: number;
  readonly used: number;
}

export interface Reply {
  readonly status: number;
  readonly body: Bytes;
  /** Seconds of Retry-After; 0 where there is none. */
  readonly after: number;
}

export interface Machine {
  readonly store: Store;
  readonly parts: Parts;
  /** One at a time in all tabs. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Calls `got` once this tab is the only one that writes, or `waits` and `got` when another ends; gives it up. */
  hold(name: string, got: () => void, waits: () => void): () => void;
  now(): number;
  /** Milliseconds that no setting of the clock moves, from any beginning. */
  elapsed(): number;
  /** Rejects where there is no network. Without `body` it is a GET. */
  send(path: string, body?: Bytes): Promise<Reply>;
  room(): Promise<Room>;
  /** Why keys cannot be kept here; '' where they can. */
  readonly unfit: string;
  /** Ask to be called on `online` and on becoming visible; gives it up. */
  onReturn(call: () => void): () => void;
  later(milliseconds: number, call: () => void): () => void;
}

/** The storage is full; nothing of the commit was written. */
export class Full extends Error {
  override readonly name = "Full";
}
