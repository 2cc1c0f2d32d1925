/** The keys in use: enrolment, unlocking, the lease, and the end of each. */

import { fromUtf8, hex, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import { proveEnrolment, sign } from "../codec/header.ts";
import type { Signer } from "../codec/signing.ts";
import { COST, MOST_TRIES, NotUnlocked, Vault } from "../keys/vault.ts";
import type { Cost, Keys } from "../keys/vault.ts";
import type { ReadableCopy } from "./copy.ts";
import { signWaiting } from "./delivery.ts";
import { object, readGrant, text, time } from "./grant.ts";
import type { Grant } from "./grant.ts";
import { openWith, PART, readKey, sealTo } from "./leasing.ts";
import type { ReadKey } from "./leasing.ts";
import { put, remove } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { notOurs } from "./link.ts";
import type { Link } from "./link.ts";
import { Full } from "./machine.ts";
import type { Change } from "./machine.ts";
import { Refusal } from "./types.ts";
import type { EnrolmentCode, Invitation, Task } from "./types.ts";
import { VaultStorage } from "./vaulting.ts";

const TOKEN = utf8("libertad field token v1\0");
const LEASE = "lease";
const UNSIGNED = "the keys were destroyed before it could be signed";
/** A clock that was set back by more than this ends what can be read: nobody reads longer by it. */
const BACK = 10 * 60_000;
const NOTED = 60_000;

export class Keeper {
  private readonly vault: Vault;
  private readonly storage: VaultStorage;
  private keys: Keys | null = null;
  private signing: Signer | null = null;
  private read: ReadKey | null = null;
  /** The latest time that the clock showed since the app was opened. */
  private latest = 0;
  task: Task | null = null;
  tries = { wrong: 0, waitUntil: null as number | null };

  constructor(
    private readonly ledger: Ledger,
    private readonly link: Link,
    private readonly copy: () => ReadableCopy,
    cost: Cost = COST,
  ) {
    this.storage = new VaultStorage(ledger.machine);
    this.vault = new Vault(this.storage, ledger.machine.now, cost);
  }

  get locked(): boolean {
    return this.keys === null;
  }
  /** Why something cannot be read, and what opens it. */
  closed(what: string): Refusal {
    if (this.locked) return new Refusal("locked", `unlock the app ${what}`);
    return new Refusal("lease-ended", `what this phone could read has ended: where there is a network it opens again ${what}`);
  }
  signer = (): Signer | null => this.signing;
  reading = (): ReadKey | null => this.read;
  name = (): string => this.task?.officer.name ?? "";

  // -- enrolment -----------------------------------------------------------------------

  async invitation(code: EnrolmentCode, node: string): Promise<Invitation> {
    try {
      const told = await this.link.enrol(seedOf(code.token), node, { v: 1, ask: true });
      const [authority, operation, officer] = ["authority", "operation", "officer"].map((name) => {
        const parts = object(told[name], name);
        return { id: text(parts, "id"), name: text(parts, "name") };
      });
      if (!authority || !operation || !officer) throw new Error("parts");
      return { authority, operation, officer, until: time(told["until"]) };
    } catch (why) {
      throw notOurs(why);
    }
  }

  async enrol(code: EnrolmentCode, node: string, passphrase: string): Promise<void> {
    const { machine } = this.ledger;
    if (machine.unfit !== "") throw new Refusal("no-opfs", machine.unfit);
    if (this.ledger.phone !== null && !this.ledger.phone.destroyed) {
      throw new Refusal("already-enrolled", "this phone is enrolled already");
    }
    if ([...this.ledger.outbox.values()].some((row) => row.state === "unsent" || row.state === "photo")) {
      throw new Refusal("already-enrolled", "hand over first what was captured before the keys were destroyed");
    }
    const invited = await this.invitation(code, node);
    const keys = await this.ownKeys(passphrase);
    const proof = await proveEnrolment(keys.signer, invited.authority.id, invited.operation.id);
    const publicKey = hex(keys.signer.publicKey);
    const plain = { v: 1, device: publicKey, proof: hex(proof) };
    const told = await this.link.enrol(seedOf(code.token), node, plain);
    const grant = believed(() => readGrant(told, publicKey, machine.now()));
    if (grant.phone.node !== node) throw new Refusal("node-changed", "the node names another key than the one that was compared");
    this.hold(keys);
    await this.take(grant, true);
  }

  /** Those of an enrolment that was cut off are gone on with: the code may be theirs already. */
  private async ownKeys(passphrase: string): Promise<Keys> {
    try {
      return await this.unlocked(passphrase);
    } catch (why) {
      if (!(why instanceof Refusal) || (why.code !== "not-enrolled" && why.code !== "destroyed")) throw why;
    }
    try {
      return await this.vault.create(passphrase);
    } catch (why) {
      if (why instanceof Refusal) throw why;
      if (why instanceof Full) throw new Refusal("quota", "this phone's storage is full; nothing was enrolled");
      throw new Refusal("no-opfs", "this browser cannot keep keys so that they can be destroyed; nothing was enrolled");
    }
  }

  // -- lease ---------------------------------------------------------------------------

  /** At contact, while unlocked. Access that ended destroys lease, readable copy and keys. */
  async renew(): Promise<void> {
    const { keys } = this;
    const { phone } = this.ledger;
    if (keys === null || phone === null || phone.destroyed) return;
    const own = { publicKey: keys.signer.publicKey, secret: keys.channel };
    const told = await this.link.lease(own, phone.node);
    if (told["ended"] === true) {
      await this.destroy(typeof told["why"] === "string" && told["why"] !== "" ? told["why"] : "access has ended");
      return;
    }
    const grant = believed(() => readGrant(told, phone.public, this.ledger.machine.now()));
    if (grant.phone.node !== phone.node) throw new Refusal("node-changed", "the node names another key than before; ask your desk");
    // Locked meanwhile: what can be read is not made readable behind its back.
    if (this.keys === keys) await this.take(grant, false);
  }

  private async take(grant: Grant, first: boolean): Promise<void> {
    const { keys, ledger } = this;
    if (keys === null) return;
    const old = first ? null : ledger.phone;
    const goesOn = old?.lease !== null && old !== null && this.read !== null;
    if (!goesOn) {
      // A part of its own for each lease: what an earlier one sealed stays closed.
      const part = random(PART);
      await ledger.machine.parts.overwrite(LEASE, part);
      this.read = readKey(keys.agreement, part);
    }
    const read = this.read;
    if (read === null) return;
    const sealed = await sealTo(read.publicKey, utf8(JSON.stringify(grant.task)), LEASE);
    await ledger.alone(async () => {
      const lease = { until: grant.leaseUntil, public: hex(read.publicKey) };
      const changes: Change[] = [put("meta", "phone", { ...grant.phone, lease }), put("meta", LEASE, sealed)];
      const counters = { ...ledger.counters, latest: ledger.machine.now() };
      changes.push(put("meta", "counters", first ? { ...counters, references: {}, clock: 0 } : counters));
      // Another device's logs, numbers and seals are not this one's.
      const tables = ["records", "offers", "logs", "subjects", "forms"] as const;
      if (first) changes.push(remove("meta", "visit"), ...tables.map((table): Change => ({ table, clear: true })));
      await ledger.commit(changes);
    });
    this.task = grant.task;
  }

  /** Ends what can be read when its time is over, or the clock was set back. Capturing goes on. */
  async heed(): Promise<void> {
    const { phone, counters, machine } = this.ledger;
    if (phone === null || phone.lease === null) return;
    const now = machine.now();
    const latest = Math.max(this.latest, counters.latest);
    this.latest = Math.max(latest, now);
    if (now >= phone.lease.until || now < latest - BACK) await this.endLease();
  }

  /** Write down what the clock shows, so that setting it back is told after a restart too. */
  async note(): Promise<void> {
    const { ledger } = this;
    await this.heed();
    await ledger.alone(async () => {
      const now = ledger.machine.now();
      if (ledger.phone?.lease == null || now < ledger.counters.latest + NOTED) return;
      await ledger.commit([put("meta", "counters", { ...ledger.counters, latest: now })]);
    });
  }

  private async endLease(): Promise<void> {
    const { ledger } = this;
    this.forget();
    this.latest = ledger.machine.now();
    await ledger.machine.parts.overwrite(LEASE, random(PART));
    await ledger.alone(async () => {
      if (ledger.phone === null) return;
      const rows = await ledger.store.all("meta");
      const sessions = rows.filter(([key]) => key.startsWith("session ")).map(([key]) => remove("meta", key));
      await ledger.commit([
        put("meta", "phone", { ...ledger.phone, lease: null }),
        put("meta", "counters", { ...ledger.counters, latest: ledger.machine.now() }),
        remove("meta", LEASE),
        ...sessions,
        { table: "records", clear: true },
        { table: "offers", clear: true },
      ]);
    });
  }

  // -- locking -------------------------------------------------------------------------

  async unlock(passphrase: string): Promise<void> {
    const phone = this.ledger.capturing();
    const keys = await this.unlocked(passphrase);
    if (hex(keys.signer.publicKey) !== phone.public) throw new Refusal("storage", "the keys on this phone are of another enrolment");
    this.hold(keys);
    await this.signWaiting();
    await this.heed();
    await this.reopen(keys);
  }

  /** Sign what was written without a key. */
  async signWaiting(): Promise<void> {
    const { signing } = this;
    if (signing !== null) await this.ledger.alone(() => signWaiting(this.ledger, (exact) => sign(exact, signing)));
  }

  /** The readable copy, where the lease goes on. */
  private async reopen(keys: Keys): Promise<void> {
    const lease = this.ledger.phone?.lease ?? null;
    const part = lease === null ? null : await this.ledger.machine.parts.read(LEASE);
    if (lease === null || part?.length !== PART) return;
    const read = readKey(keys.agreement, part);
    if (this.keys !== keys) return;
    if (hex(read.publicKey) !== lease.public) {
      await this.endLease(); // its part was overwritten, and the app ended before it was written down
      return;
    }
    const sealed = (await this.ledger.store.get("meta", LEASE)) as Bytes | undefined;
    if (sealed === undefined) return;
    this.read = read;
    this.task = JSON.parse(fromUtf8(await openWith(read, sealed, LEASE))) as Task;
  }

  private async unlocked(passphrase: string): Promise<Keys> {
    const { machine } = this.ledger;
    try {
      const keys = await this.vault.unlock(passphrase);
      this.tries = { wrong: 0, waitUntil: null };
      return keys;
    } catch (why) {
      if (!(why instanceof NotUnlocked)) throw why;
      if (why.reason === "none") throw new Refusal("not-enrolled", "this phone has no keys yet");
      this.tries = { wrong: MOST_TRIES - why.left, waitUntil: why.wait > 0 ? machine.now() + why.wait : null };
      if (why.reason === "destroyed") {
        this.tries = { wrong: MOST_TRIES, waitUntil: null };
        if (this.ledger.phone !== null) await this.destroy("");
        throw new Refusal("destroyed", "the keys of this phone are destroyed; what was captured is still handed over");
      }
      if (why.reason === "wait") throw new Refusal("wait", "too many wrong passphrases: wait before the next", "", why.wait);
      throw new Refusal("wrong-passphrase", `this is not the passphrase; ${why.left} tries are left`, "passphrase", why.wait);
    }
  }

  /** At opening: how often it was wrong before. */
  async recall(): Promise<void> {
    const { failed } = await this.storage.getTries();
    this.tries = { wrong: failed, waitUntil: null };
  }

  private hold(keys: Keys): void {
    this.keys = keys;
    this.signing = keys.signer;
  }

  /** The signing key stays: what is captured meanwhile is signed, and not read. */
  lock(): void {
    this.keys?.drop();
    this.keys = null;
    this.forget();
  }

  private forget(): void {
    this.read?.secret.fill(0);
    this.read = null;
    this.task = null;
    this.copy().drop();
  }

  /** Overwrite what keys and copy cannot be opened without. `why`: what the node said, '' where nobody did. */
  async destroy(why: string): Promise<void> {
    const { ledger } = this;
    this.lock();
    this.signing = null;
    await this.vault.destroy();
    if (ledger.phone === null) return;
    if (ledger.phone.lease !== null) await this.endLease();
    await ledger.alone(async () => {
      if (ledger.phone === null) return;
      // What was captured after a restart while locked can be signed by nobody any more: it is kept, and told.
      const unsigned = [...ledger.outbox].filter(([, row]) => row.state === "unsigned");
      const lost = unsigned.map(([key, row]) => put("outbox", key, { ...row, state: "refused", why: UNSIGNED }));
      await ledger.commit([put("meta", "phone", { ...ledger.phone, destroyed: true, ended: why }), ...lost]);
    });
  }
}

function seedOf(token: string): Bytes {
  return sha256(TOKEN, utf8(token));
}

function believed<T>(read: () => T): T {
  try {
    return read();
  } catch (why) {
    throw notOurs(why);
  }
}

/** A scanned text, or twenty characters as they are typed. */
export function readCode(typed: string): EnrolmentCode {
  const whole = typed.trim();
  const scanned = /^LFE1:([0-9A-HJKMNP-TV-Z]{20}):([\w-]{43})$/.exec(whole);
  if (scanned !== null) {
    const [, token = "", key = ""] = scanned;
    const raw = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
    return { token, node: hex(Uint8Array.from(raw, (sign) => sign.charCodeAt(0))) };
  }
  if (/^LF\w*:/u.test(whole)) throw new Refusal("wrong-qr", "this code is for something else: scan the enrolment code");
  // As Crockford reads them: O is 0, I and L are 1.
  const token = whole.toUpperCase().replace(/[\s-]/gu, "").replaceAll("O", "0").replace(/[IL]/gu, "1");
  if (!/^[0-9A-HJKMNP-TV-Z]{20}$/.test(token)) {
    throw new Refusal("wrong-code", "a code has 20 letters and digits in four groups; compare it once more", "code");
  }
  return { token, node: null };
}

