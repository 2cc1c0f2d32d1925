/** The keys in use: enrolment, unlocking, the lease, and the end of each. */

import { hex, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import { proveEnrolment, sign } from "../codec/header.ts";
import type { Signer } from "../codec/signing.ts";
import { COST, MOST_TRIES, NotUnlocked, Vault } from "../keys/vault.ts";
import type { Cost, Keys } from "../keys/vault.ts";
import type { ReadableCopy } from "./copy.ts";
import { signWaiting } from "./delivery.ts";
import { object, readGrant, text, time } from "./grant.ts";
import type { ReadKey, Use } from "./leasing.ts";
import { put } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { notOurs } from "./link.ts";
import type { Link } from "./link.ts";
import { Full } from "./machine.ts";
import { Reading } from "./reading.ts";
import type { Circle } from "./reading.ts";
import { Refusal } from "./types.ts";
import type { EnrolmentCode, Invitation, Task } from "./types.ts";
import { VaultStorage } from "./vaulting.ts";

const TOKEN = utf8("libertad field token v1\0");
const UNSIGNED = "the keys were destroyed before it could be signed";

export class Keeper {
  private readonly vault: Vault;
  private readonly storage: VaultStorage;
  private keys: Keys | null = null;
  private signing: Signer | null = null;
  private readonly readable: Reading;
  tries = { wrong: 0, waitUntil: null as number | null };

  constructor(
    private readonly ledger: Ledger,
    private readonly link: Link,
    copy: () => ReadableCopy,
    cost: Cost = COST,
  ) {
    this.storage = new VaultStorage(ledger.machine);
    this.vault = new Vault(this.storage, ledger.machine.now, cost);
    this.readable = new Reading(ledger, copy);
  }

  get locked(): boolean {
    return this.keys === null;
  }
  /** Why something cannot be read, and what opens it. */
  closed(what: string): Refusal {
    if (this.locked) return new Refusal("locked", `unlock the app ${what}`);
    return new Refusal("lease-ended", `this phone can no longer read what is needed ${what}`);
  }
  signer = (): Signer | null => this.signing;
  reading = (use: Use): ReadKey | null => this.readable.key(use);
  get task(): Task | null {
    return this.readable.task;
  }
  get circle(): Circle | null {
    return this.readable.circle;
  }
  name = (): string => this.circle?.name ?? "";

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
    await this.readable.take(keys, grant, true);
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
    if (this.keys === keys) await this.readable.take(keys, grant, false);
  }

  /** Ends what can be read when its time is over. */
  heed = () => this.readable.heed();
  note = () => this.readable.note();

  // -- locking -------------------------------------------------------------------------

  async unlock(passphrase: string): Promise<void> {
    const phone = this.ledger.capturing();
    const keys = await this.unlocked(passphrase);
    if (hex(keys.signer.publicKey) !== phone.public) throw new Refusal("storage", "the keys on this phone are of another enrolment");
    this.hold(keys);
    await this.signWaiting();
    await this.note();
    await this.readable.open(keys);
  }

  /** Sign what was written without a key. */
  async signWaiting(): Promise<void> {
    const { signing } = this;
    if (signing !== null) await this.ledger.alone(() => signWaiting(this.ledger, (exact) => sign(exact, signing)));
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
    this.readable.forget();
  }

  /** Overwrite what keys and copy cannot be opened without. `why`: what the node said, '' where nobody did. */
  async destroy(why: string): Promise<void> {
    const { ledger } = this;
    this.lock();
    this.signing = null;
    await this.vault.destroy();
    if (ledger.phone === null) return;
    await this.readable.end();
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

