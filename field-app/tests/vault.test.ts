/** The device's keys at rest: what is stored, what opens it, and what is left once it was destroyed. */

import { argon2id } from "@noble/hashes/argon2.js";
import { describe, expect, it } from "vitest";
import { hex, utf8 } from "../src/codec/bytes.ts";
import type { Bytes } from "../src/codec/bytes.ts";
import { verified } from "../src/codec/signing.ts";
import { drawPassphrase, normalised } from "../src/keys/passphrase.ts";
import { COST, MOST_TRIES, NotUnlocked, Vault } from "../src/keys/vault.ts";
import type { Sealed, Storage, Tries } from "../src/keys/vault.ts";

const PASSPHRASE = "river stone lamp orbit quiet maple";
const QUICK = { memory: 8, passes: 1, lanes: 1 };

/** A disk: what is stored, every byte that ever was, and a fault at the n-th write. */
class Disk implements Storage {
  sealed: Sealed | null = null;
  tries: Tries = { failed: 0, last: 0 };
  part: Bytes | null = null;
  writes = 0;
  dies = Infinity;
  private queue: Promise<unknown> = Promise.resolve();

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const next = this.queue.then(work, work);
    this.queue = next.catch(() => undefined);
    return next;
  }
  private async write(put: () => void): Promise<void> {
    await Promise.resolve();
    if (this.writes++ >= this.dies) throw new Error("killed");
    put();
  }
  getSealed = () => Promise.resolve(this.sealed);
  putSealed = (sealed: Sealed | null) => this.write(() => (this.sealed = sealed));
  getTries = () => Promise.resolve(this.tries);
  putTries = (tries: Tries) => this.write(() => (this.tries = tries));
  readPart = () => Promise.resolve(this.part);
  overwritePart = (part: Bytes) => this.write(() => (this.part = part.slice()));

  copy(): Disk {
    const disk = new Disk();
    disk.sealed = this.sealed;
    disk.tries = this.tries;
    disk.part = this.part?.slice() ?? null;
    return disk;
  }
}

async function made(): Promise<{ disk: Disk; vault: Vault; publicKey: string; clock: { now: number } }> {
  const disk = new Disk();
  const clock = { now: 1_000_000 };
  const vault = new Vault(disk, () => clock.now, QUICK);
  const keys = await vault.create(PASSPHRASE);
  return { disk, vault, publicKey: hex(keys.signer.publicKey), clock };
}

async function refusal(work: Promise<unknown>): Promise<NotUnlocked> {
  try {
    await work;
  } catch (why) {
    if (why instanceof NotUnlocked) return why;
    throw why;
  }
  throw new Error("it was unlocked");
}

describe("keys at rest", () => {
  it("open with the passphrase, however it is typed, and sign", async () => {
    const { vault, publicKey } = await made();
    for (const typed of [PASSPHRASE, `  ${PASSPHRASE.toUpperCase().replaceAll(" ", "   ")} `]) {
      const keys = await vault.unlock(typed);
      expect(hex(keys.signer.publicKey)).toBe(publicKey);
      const signature = await keys.signer.sign(utf8("x"));
      expect(verified(signature, utf8("x"), keys.signer.publicKey)).toBe(true);
      expect(keys.agreement.some((byte) => byte !== 0)).toBe(true);
      keys.drop();
      expect(keys.agreement.every((byte) => byte === 0)).toBe(true);
    }
    expect(normalised("Ñandú  José")).toBe(normalised("ñandú josé".normalize("NFC")));
  });

  it("are stored with neither passphrase nor key in the clear", async () => {
    const { disk, vault } = await made();
    const stored = JSON.stringify([disk.sealed, disk.tries]) + hex(disk.part ?? new Uint8Array(0));
    const keys = await vault.unlock(PASSPHRASE);
    for (const secret of [hex(keys.agreement), PASSPHRASE, hex(utf8(PASSPHRASE))]) {
      expect(stored.includes(secret)).toBe(false);
    }
  });

  it("need the part: without it the passphrase opens nothing", async () => {
    const { disk, vault } = await made();
    disk.part?.fill(7);
    expect((await refusal(vault.unlock(PASSPHRASE))).reason).toBe("wrong");
    disk.part = null;
    expect((await refusal(vault.unlock(PASSPHRASE))).reason).toBe("destroyed");
  });

  it("are bound to the cost that stands beside them, and no cost beyond bounds is paid", async () => {
    const { disk, vault } = await made();
    const { sealed } = disk;
    if (sealed === null) throw new Error("nothing stored");
    expect(sealed.cost).toEqual(QUICK);
    disk.sealed = { ...sealed, cost: { ...QUICK, passes: 2 } };
    expect((await refusal(vault.unlock(PASSPHRASE))).reason).toBe("wrong");
    disk.sealed = { ...sealed, cost: { ...QUICK, memory: 2 ** 22 } };
    await expect(vault.unlock(PASSPHRASE)).rejects.toThrow("another version");
  });

  it("are never made over others", async () => {
    const { vault } = await made();
    await expect(vault.create("another")).rejects.toThrow("already");
  });
});

describe("wrong passphrases", () => {
  it("wait longer each time, and the tenth destroys the keys", async () => {
    const { disk, vault, clock } = await made();
    const waits: number[] = [];
    for (let tried = 1; tried < MOST_TRIES; tried++) {
      const wrong = await refusal(vault.unlock("wrong"));
      expect([wrong.reason, wrong.left]).toEqual(["wrong", MOST_TRIES - tried]);
      waits.push(wrong.wait);
      if (wrong.wait > 0) {
        clock.now += wrong.wait - 1;
        expect((await refusal(vault.unlock(PASSPHRASE))).reason, "not even the right one").toBe("wait");
        clock.now += 1;
      }
    }
    expect(waits.every((wait, at) => at === 0 || wait >= (waits[at - 1] ?? 0))).toBe(true);
    expect(waits.at(-1)).toBe(3_600_000);
    const part = hex(disk.part ?? new Uint8Array(0));
    expect((await refusal(vault.unlock("wrong"))).reason).toBe("destroyed");
    expect(disk.sealed).toBeNull();
    expect(hex(disk.part ?? new Uint8Array(0))).not.toBe(part);
    expect((await refusal(vault.unlock(PASSPHRASE))).reason).toBe("destroyed");
  });

  it("are forgotten once the right one was given", async () => {
    const { disk, vault } = await made();
    await refusal(vault.unlock("wrong"));
    await vault.unlock(PASSPHRASE);
    expect(disk.tries.failed).toBe(0);
  });

  it("count although the page is ended while one is tried", async () => {
    const { disk, clock } = await made();
    disk.dies = disk.writes + 1; // the count is written, nothing after it
    await expect(new Vault(disk, () => clock.now, QUICK).unlock(PASSPHRASE)).rejects.toThrow("killed");
    expect(disk.tries.failed).toBe(1);
  });

  it("given in two tabs at once are two", async () => {
    const { disk, clock } = await made();
    const tabs = [0, 1].map(() => new Vault(disk, () => clock.now, QUICK));
    await Promise.all(tabs.map((tab) => refusal(tab.unlock("wrong"))));
    expect(disk.tries.failed).toBe(2);
  });

  it("wait no longer than they should where the clock is set back", async () => {
    const { vault, clock } = await made();
    for (let tried = 0; tried < 3; tried++) await refusal(vault.unlock("wrong"));
    clock.now -= 86_400_000;
    const refused = await refusal(vault.unlock(PASSPHRASE));
    expect([refused.reason, refused.wait]).toEqual(["wait", 5_000]);
    clock.now += 5_000;
    await vault.unlock(PASSPHRASE);
  });
});

describe("destroying", () => {
  it("leaves nothing that the passphrase opens, wherever it is ended", async () => {
    for (const steps of [0, 1, 2, 3]) {
      const { disk, vault, clock, publicKey } = await made();
      const part = hex(disk.part ?? new Uint8Array(0));
      disk.dies = disk.writes + steps;
      await vault.destroy().catch(() => undefined);
      expect(hex(disk.part ?? new Uint8Array(0)) !== part, "the part goes first").toBe(steps >= 2);
      const after = new Vault(disk.copy(), () => clock.now, QUICK);
      if (steps === 0) {
        expect(hex((await after.unlock(PASSPHRASE)).signer.publicKey)).toBe(publicKey); // nothing was begun
      } else {
        expect((await refusal(after.unlock(PASSPHRASE))).reason).toBe("destroyed");
        await new Vault(disk.copy(), () => clock.now, QUICK).create("another");
      }
    }
  });

  it("is escaped by whoever copied the profile before, who still needs the passphrase", async () => {
    const { disk, vault, clock } = await made();
    const thief = new Vault(disk.copy(), () => clock.now, QUICK);
    await vault.destroy();
    expect((await refusal(thief.unlock("wrong"))).reason).toBe("wrong");
    await thief.unlock(PASSPHRASE);
  });

  it("lets new keys be made", async () => {
    const { vault, publicKey } = await made();
    await vault.destroy();
    expect(hex((await vault.create(PASSPHRASE)).signer.publicKey)).not.toBe(publicKey);
    await vault.unlock(PASSPHRASE);
  });

  it("says of a device without keys that there are none", async () => {
    expect((await refusal(new Vault(new Disk()).unlock(PASSPHRASE))).reason).toBe("none");
  });
});

describe("a passphrase", () => {
  const list = Array.from({ length: 2048 }, (_, at) => `word${at}`);

  it("has six words, each as likely as any other", () => {
    const numbers = [2 ** 32 - 1, 2 ** 32 - 2048, 0, 1, 2, 3, 4];
    expect(drawPassphrase(list, () => numbers.shift() ?? 0)).toBe("word2047 word0 word0 word1 word2 word3");
    const uneven = [...list, "more"];
    const drawn = [2 ** 32 - 1, 0, 1, 2, 3, 4, 5];
    expect(drawPassphrase(uneven, () => drawn.shift() ?? 0)).toBe("word0 word1 word2 word3 word4 word5");
    expect(new Set(Array.from({ length: 20 }, () => drawPassphrase(list))).size).toBe(20);
  });

  it("is not drawn from a list that is too short, or names a word twice", () => {
    expect(() => drawPassphrase(list.slice(1))).toThrow("words");
    expect(() => drawPassphrase([...list.slice(1), "WORD5"])).toThrow("words");
  });

  it("is stretched by Argon2id as others compute it", () => {
    // RFC 9106 has its vector with a secret and associated data; this one is of libargon2's own tests.
    const tag = argon2id("password", "somesalt", { m: 256, t: 2, p: 1, dkLen: 32, version: 0x13 });
    expect(hex(Uint8Array.from(tag))).toBe("9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    expect(COST).toEqual({ memory: 19_456, passes: 2, lanes: 1 });
  });
});
