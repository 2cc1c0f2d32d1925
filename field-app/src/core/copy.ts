/**
 * The readable copy in use: own records and the task, sealed for the lease's time.
 *
 * Records are sealed under a key of this session, which is sealed once to the lease's public key. It is drawn
 * anew when the app is locked: what was captured before opens with the passphrase alone.
 */

import { fromUtf8, hex, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { gcm } from "../codec/sealing.ts";
import { openWith, sealTo } from "./leasing.ts";
import type { ReadKey } from "./leasing.ts";
import { put } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Change } from "./machine.ts";
import { rowKey } from "./rows.ts";
import type { PlainRecord, SealedRecord } from "./rows.ts";

interface Session {
  readonly id: string;
  readonly raw: Bytes;
  readonly lease: string;
  stored: boolean;
}

const SESSION = "session ";

export class ReadableCopy {
  private session: Session | null = null;
  private readonly keys = new Map<string, CryptoKey>();
  /** While unlocked: what was opened already, in the order in which it was written. */
  private opened: Map<string, PlainRecord> | null = null;

  constructor(
    private readonly ledger: Ledger,
    private readonly reading: () => ReadKey | null,
  ) {}

  /** Forget what is open; what is captured from now on is under another key. */
  drop(): void {
    this.session?.raw.fill(0);
    this.session = null;
    this.keys.clear();
    this.opened = null;
  }

  /** Changes that store these records; none where no lease is there to end them. */
  async sealed(records: readonly PlainRecord[]): Promise<readonly Change[]> {
    const lease = this.ledger.phone?.lease ?? null;
    if (lease === null || records.length === 0) return [];
    if (this.session === null || this.session.lease !== lease.public) {
      this.session = { id: hex(random(8)), raw: random(32), lease: lease.public, stored: false };
    }
    const { session } = this;
    const changes: Change[] = [];
    // Again with each until one was stored: a commit that was refused took it along.
    if (!session.stored) {
      const publicKey = Uint8Array.from(session.lease.match(/../g) ?? [], (pair) => parseInt(pair, 16));
      changes.push(put("meta", SESSION + session.id, await sealTo(publicKey, session.raw, SESSION + session.id)));
    }
    const key = await gcm(session.raw, "encrypt");
    for (const record of records) {
      const nonce = random(12);
      const params = { name: "AES-GCM", iv: nonce, additionalData: utf8(record.entry) };
      const sealed = new Uint8Array(await crypto.subtle.encrypt(params, key, utf8(JSON.stringify(record))));
      const row: SealedRecord = { entry: record.entry, session: session.id, nonce, sealed };
      changes.push(put("records", rowKey(record.row), row));
    }
    return changes;
  }

  /** After a commit: the session's key is in the store, and an open copy has the new records too. */
  stored(records: readonly PlainRecord[]): void {
    if (this.session !== null && records.length > 0) this.session.stored = true;
    for (const record of records) this.opened?.set(record.entry, record);
  }

  /** Own records as they were written; none without the read key. Those that no key opens are left out. */
  async records(): Promise<ReadonlyMap<string, PlainRecord>> {
    const read = this.reading();
    if (read === null) return new Map();
    if (this.opened !== null) return this.opened;
    const found: PlainRecord[] = [];
    for (const [, value] of await this.ledger.store.all("records")) {
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
      return null; // of a lease that has ended
    }
  }

  private async keyOf(session: string, read: ReadKey): Promise<CryptoKey> {
    const sealed = (await this.ledger.store.get("meta", SESSION + session)) as Bytes;
    const key = await gcm(await openWith(read, sealed, SESSION + session), "decrypt");
    this.keys.set(session, key);
    return key;
  }
}
