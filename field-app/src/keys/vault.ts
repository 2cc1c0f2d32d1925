/**
 * The device's keys at rest: sealed under a passphrase and under a part that can be overwritten.
 *
 * A key that a browser keeps "non-extractable" lies in clear in its profile, and what is deleted there stays
 * in its files. So nothing of the keys is stored but under Argon2id of the passphrase, and the key that seals
 * them needs a part as well, which lies in a file of its own and is overwritten to destroy them. Whoever has
 * copied the profile before has the part, and no counter of tries: the passphrase alone stands against that.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { bytes, concat, fromHex, hex, Malformed, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import * as cbor from "../codec/cbor.ts";
import { derive } from "../codec/hashing.ts";
import { gcm } from "../codec/sealing.ts";
import { signerOf } from "../codec/signing.ts";
import type { Signer } from "../codec/signing.ts";
import { normalised } from "./passphrase.ts";

/** Argon2id's numbers: memory in KiB, passes, lanes. They stand beside what they seal. */
export interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP's first choice for Argon2id: about a second on a phone six times slower than a desk. */
export const COST: Cost = { memory: 19_456, passes: 2, lanes: 1 };
const LARGEST: Cost = { memory: 262_144, passes: 10, lanes: 4 };

/** What is stored of the keys. It opens with the passphrase and the part, and with neither alone. */
export interface Sealed {
  readonly version: 1;
  readonly cost: Cost;
  readonly salt: string;
  readonly nonce: string;
  readonly keys: string;
}

/** How often a wrong passphrase was given, and when last (ms since 1970). */
export interface Tries {
  readonly failed: number;
  readonly last: number;
}

/**
 * Where it is stored. Each `put` is durable when it resolves; `exclusive` runs one at a time in all tabs.
 * The part is written in place: a file that is replaced leaves its old bytes on the disk.
 */
export interface Storage {
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  getSealed(): Promise<Sealed | null>;
  putSealed(sealed: Sealed | null): Promise<void>;
  getTries(): Promise<Tries>;
  putTries(tries: Tries): Promise<void>;
  readPart(): Promise<Bytes | null>;
  overwritePart(part: Bytes): Promise<void>;
}

/** The keys in memory, until `drop`. */
export interface Keys {
  readonly signer: Signer;
  /** X25519. */
  readonly agreement: Bytes;
  /** The signing key in its Curve25519 form, for the channel to the node. */
  readonly channel: Bytes;
  drop(): void;
}

export const MOST_TRIES = 10;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** What is waited after so many wrong passphrases; from the tenth on there are no keys. */
const WAITS = [0, 0, 0, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE];

const PART = 32;
const SALT = 16;
const NONCE = 12;
const SEEDS = 64;
const CONTEXT = utf8("libertad field keys v1\0");
const NO_TRIES: Tries = { failed: 0, last: 0 };

/** Why keys are not given; `wait` in milliseconds, `left` tries. */
export class NotUnlocked extends Error {
  override readonly name = "NotUnlocked";

  constructor(
    readonly reason: "wrong" | "wait" | "destroyed" | "none",
    readonly left = 0,
    readonly wait = 0,
  ) {
    super(reason);
  }
}

export class Vault {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
    private readonly cost: Cost = COST,
  ) {}

  /** Make and store new keys. Those of before must have been destroyed: nothing is sealed over. */
  create(passphrase: string): Promise<Keys> {
    return this.storage.exclusive(async () => {
      if ((await this.storage.getTries()).failed >= MOST_TRIES) await this.erase(); // begun, and not ended
      if ((await this.storage.getSealed()) !== null) throw new Malformed("keys: there are some already");
      const seeds = random(SEEDS);
      const part = random(PART);
      await this.storage.overwritePart(part);
      await this.storage.putTries(NO_TRIES);
      await this.storage.putSealed(await seal(seeds, passphrase, part, this.cost));
      return opened(seeds);
    });
  }

  /**
   * The keys, or NotUnlocked. A try is counted before it is made, so that whoever ends the page meanwhile
   * has made it; the tenth wrong one destroys the keys.
   */
  unlock(passphrase: string): Promise<Keys> {
    return this.storage.exclusive(async () => {
      const tries = await this.storage.getTries();
      if (tries.failed >= MOST_TRIES) await this.erase();
      const sealed = await this.storage.getSealed();
      if (sealed === null) throw new NotUnlocked(tries.failed >= MOST_TRIES ? "destroyed" : "none");
      const part = await this.storage.readPart();
      if (part?.length !== PART) throw new NotUnlocked("destroyed");
      await this.waited(tries);
      const failed = tries.failed + 1;
      await this.storage.putTries({ failed, last: this.now() });
      const seeds = await open(sealed, passphrase, part);
      if (seeds !== null) {
        await this.storage.putTries(NO_TRIES);
        return opened(seeds);
      }
      if (failed >= MOST_TRIES) {
        await this.erase();
        throw new NotUnlocked("destroyed");
      }
      throw new NotUnlocked("wrong", MOST_TRIES - failed, WAITS[failed]);
    });
  }

  /** Overwrite what the keys cannot be opened without. What was captured before stays deliverable. */
  destroy(): Promise<void> {
    return this.storage.exclusive(async () => {
      await this.storage.putTries({ failed: MOST_TRIES, last: this.now() });
      await this.erase();
    });
  }

  /** Where the clock was set back since, the wait begins anew from now, so that it ends. */
  private async waited(tries: Tries): Promise<void> {
    const wait = WAITS[tries.failed] ?? 0;
    const now = this.now();
    const gone = now - tries.last;
    if (wait === 0 || gone >= wait) return;
    if (gone < 0) await this.storage.putTries({ failed: tries.failed, last: now });
    throw new NotUnlocked("wait", MOST_TRIES - tries.failed, gone < 0 ? wait : wait - gone);
  }

  /** The part first: from then on nothing opens, whatever is left of the rest. */
  private async erase(): Promise<void> {
    await this.storage.overwritePart(random(PART));
    await this.storage.putSealed(null);
  }
}

async function seal(seeds: Bytes, passphrase: string, part: Bytes, cost: Cost): Promise<Sealed> {
  const salt = random(SALT);
  const nonce = random(NONCE);
  const key = await gcm(await keyOf(passphrase, part, salt, cost), "encrypt");
  const params = { name: "AES-GCM", iv: nonce, additionalData: bound(cost, salt) };
  const keys = new Uint8Array(await crypto.subtle.encrypt(params, key, seeds));
  return { version: 1, cost, salt: hex(salt), nonce: hex(nonce), keys: hex(keys) };
}

/** The seeds; null for another passphrase, another part, or changed bytes: nobody can tell which. */
async function open(sealed: Sealed, passphrase: string, part: Bytes): Promise<Bytes | null> {
  const { cost } = sealed;
  const names = ["memory", "passes", "lanes"] as const;
  if (sealed.version !== 1 || names.some((name) => !(cost[name] >= 1 && cost[name] <= LARGEST[name]))) {
    throw new Malformed("keys: of another version of this app");
  }
  const salt = fromHex(sealed.salt);
  const key = await gcm(await keyOf(passphrase, part, salt, cost), "decrypt");
  const params = { name: "AES-GCM", iv: fromHex(sealed.nonce), additionalData: bound(cost, salt) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(params, key, fromHex(sealed.keys)));
  } catch {
    return null;
  }
}

/** As a node's ring is opened: HKDF of the part and of Argon2id's output. */
async function keyOf(passphrase: string, part: Bytes, salt: Bytes, cost: Cost): Promise<Bytes> {
  const { memory: m, passes: t, lanes: p } = cost;
  const slow = await argon2idAsync(utf8(normalised(passphrase)), salt, { m, t, p, dkLen: 32 });
  return derive(concat(part, slow), utf8("libertad field keys"), "passphrase");
}

function bound(cost: Cost, salt: Bytes): Bytes {
  return concat(CONTEXT, cbor.encode([cost.memory, cost.passes, cost.lanes, salt]));
}

async function opened(seeds: Bytes): Promise<Keys> {
  if (seeds.length !== SEEDS) throw new Malformed("keys: their length");
  const seed = bytes(seeds.slice(0, 32));
  const signer = await signerOf(seed);
  const channel = bytes(ed25519.utils.toMontgomerySecret(seed));
  const agreement = bytes(seeds.slice(32));
  seeds.fill(0);
  seed.fill(0);
  const drop = () => [agreement, channel].forEach((secret) => secret.fill(0));
  return { signer, agreement, channel, drop };
}
