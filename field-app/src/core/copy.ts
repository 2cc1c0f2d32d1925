/**
 * What this phone recorded, as it reads it: own records while their key is there, and a slip of each that stays
 * for custody.
 *
 * Both are sealed under a key of this session, which is sealed once to the public half of a reading key. It is
 * drawn anew when the app is locked: what was captured before opens with the passphrase alone.
 */

import { fromHex, fromUtf8, hex, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { gcm } from "../codec/sealing.ts";
import { openWith, sealTo } from "./leasing.ts";
import type { ReadKey, Use } from "./leasing.ts";
import { put } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Change } from "./machine.ts";
import { rowKey } from "./rows.ts";
import type { PlainRecord, SealedRecord } from "./rows.ts";

interface Session {
  readonly id: string;
  readonly raw: Bytes;
  readonly to: string;
  stored: boolean;
}

class SealedTable {
  private session: Session | null = null;
  private readonly keys = new Map<string, CryptoKey>();
  /** While unlocked: what was opened already, in the order in which it was written. */
  private opened: Map<string, PlainRecord> | null = null;

  constructor(
    private readonly ledger: Ledger,
    private readonly table: "records" | "slips",
    private readonly reading: () => ReadKey | null,
  ) {}

  drop(): void {
    this.session?.raw.fill(0);
    this.session = null;
    this.keys.clear();
    this.opened = null;
  }

  async sealed(records: readonly PlainRecord[], to: string): Promise<readonly Change[]> {
    if (to === "" || records.length === 0) return [];
    if (this.session === null || this.session.to !== to) {
      this.session = { id: hex(random(8)), raw: random(32), to, stored: false };
    }
    const { session } = this;
    const changes: Change[] = [];
    // Again with each until one was stored: a commit that was refused took it along.
    if (!session.stored) {
      const name = sessionName(this.table, session.id);
      changes.push(put("meta", name, await sealTo(fromHex(to), session.raw, name)));
    }
    const key = await gcm(session.raw, "encrypt");
    for (const record of records) {
      const nonce = random(12);
      const params = { name: "AES-GCM", iv: nonce, additionalData: utf8(record.entry) };
      const sealed = new Uint8Array(await crypto.subtle.encrypt(params, key, utf8(JSON.stringify(record))));
      const row: SealedRecord = { entry: record.entry, session: session.id, nonce, sealed };
      changes.push(put(this.table, rowKey(record.row), row));
    }
    return changes;
  }

  stored(records: readonly PlainRecord[]): void {
    if (this.session !== null && records.length > 0) this.session.stored = true;
    for (const record of records) this.opened?.set(record.entry, record);
  }

  /** As they were written; none without the key. Those that no key opens are left out. */
  async all(): Promise<ReadonlyMap<string, PlainRecord>> {
    const read = this.reading();
    if (read === null) return new Map();
    if (this.opened !== null) return this.opened;
    const found: PlainRecord[] = [];
    for (const [, value] of await this.ledger.store.all(this.table)) {
      const record = await this.open(value as SealedRecord, read);
      if (record !== null) found.push(record);
    }
    const opened = new Map(found.map((record) => [record.entry, record]));
    if (this.reading() === read) this.opened = opened;
    return opened;
  }

  private async open(row: SealedRecord, read: ReadKey): Promise<PlainRecord | null> {
    try {
      const key = this.keys.get(row.session) ?? (await this.keyOf(row.session, read));
      const params = { name: "AES-GCM", iv: row.nonce, additionalData: utf8(row.entry) };
      const plain = await crypto.subtle.decrypt(params, key, row.sealed);
      return JSON.parse(fromUtf8(new Uint8Array(plain))) as PlainRecord;
    } catch {
      return null; // of a key that has ended
    }
  }

  private async keyOf(session: string, read: ReadKey): Promise<CryptoKey> {
    const name = sessionName(this.table, session);
    const sealed = (await this.ledger.store.get("meta", name)) as Bytes;
    const key = await gcm(await openWith(read, sealed, name), "decrypt");
    this.keys.set(session, key);
    return key;
  }
}

/** meta: where a session's key lies. */
export function sessionName(table: "records" | "slips", id = ""): string {
  return `session ${table} ${id}`;
}

export class ReadableCopy {
  private readonly own: SealedTable;
  private readonly kept: SealedTable;

  constructor(
    private readonly ledger: Ledger,
    reading: (use: Use) => ReadKey | null,
  ) {
    this.own = new SealedTable(ledger, "records", () => reading("own"));
    this.kept = new SealedTable(ledger, "slips", () => reading("custody"));
  }

  /** Forget what is open; what is captured from now on is under other keys. */
  drop(): void {
    this.own.drop();
    this.kept.drop();
  }
  /** Of own records alone: their key has ended. */
  dropOwn(): void {
    this.own.drop();
  }

  /** Changes that store these records, and slips of those that have something to be known by. */
  async sealed(records: readonly PlainRecord[]): Promise<readonly Change[]> {
    const { own = null, custody = "" } = this.ledger.phone ?? {};
    const slips = records.flatMap(slipOf);
    return [...(await this.own.sealed(records, own?.public ?? "")), ...(await this.kept.sealed(slips, custody))];
  }

  /** After a commit: the sessions' keys are in the store, and an open copy has the new records too. */
  stored(records: readonly PlainRecord[]): void {
    this.own.stored(records);
    this.kept.stored(records.flatMap(slipOf));
  }

  /** Those that can be read: all while the lease runs, afterwards those for which the node has not signed. */
  async records(): Promise<ReadonlyMap<string, PlainRecord>> {
    const all = await this.own.all();
    if (this.ledger.phone?.lease !== null) return all;
    return new Map([...all].filter(([, { row }]) => isOnlyHere(this.ledger, rowKey(row))));
  }

  /** Of everything that this phone recorded and that is known by a reference or a seal. */
  slips(): Promise<ReadonlyMap<string, PlainRecord>> {
    return this.kept.all();
  }
}

/** Whether the node has not signed for what stands in this row. */
export function isOnlyHere(ledger: Ledger, key: string): boolean {
  const row = ledger.outbox.get(key);
  return row !== undefined && row.state !== "photo";
}

/** Reference, kind and seal; none of a record that has neither. */
function slipOf(record: PlainRecord): readonly PlainRecord[] {
  const { row, entry, verb, subject, reference, values } = record;
  const left = Object.entries(values).filter(([name]) => name === "kind" || (verb === "exhibit.seal" && name === "number"));
  if (reference === "" && verb !== "exhibit.seal") return [];
  const slip = { row, entry, verb, subject, reference, values: Object.fromEntries(left) };
  return [{ ...slip, at: 0, corrects: "", photos: 0, file: "", key: "" }];
}
