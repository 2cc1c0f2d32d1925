/** The channel to the node (docs/exchange-format.md, Channel): a NaCl box of both ends' Ed25519 keys. */

import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { bigEndian, bytes, concat, equal, Malformed, random, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

export type Kind = "?" | "!" | "." | "@";

const NONCE = 24;
const ASKED = 8;
const SIGMA = words(utf8("expand 32-byte k"));

/** A message that these two ends did not seal for each other. */
export class NotOurs extends Error {
  override readonly name = "NotOurs";
}

export class Channel {
  private readonly key: Bytes;
  /** Our Ed25519 public key. */
  readonly ours: Bytes;

  /** `seed`: of our Ed25519 key; `theirs`: the node's Ed25519 public key. */
  constructor(seed: Bytes, theirs: Bytes);
  /** Of a key whose seed is not at hand: its public half, and its secret in Curve25519 form. */
  constructor(ours: { readonly publicKey: Bytes; readonly secret: Bytes }, theirs: Bytes);
  constructor(
    ours: Bytes | { readonly publicKey: Bytes; readonly secret: Bytes },
    private readonly theirs: Bytes,
  ) {
    const whole = ours instanceof Uint8Array;
    this.ours = whole ? bytes(ed25519.getPublicKey(ours)) : ours.publicKey;
    try {
      const secret = whole ? ed25519.utils.toMontgomerySecret(ours) : ours.secret;
      this.key = boxKey(x25519.getSharedSecret(secret, ed25519.utils.toMontgomery(theirs)));
    } catch {
      throw new Malformed("the node's key is none");
    }
  }

  /** `nonce || box`. The nonce is random but in test vectors. */
  seal(kind: Kind, plain: Bytes, nonce: Bytes = random(NONCE)): Bytes {
    const whole = concat(utf8(kind), this.ours.slice(0, 8), plain);
    return concat(nonce, xsalsa20poly1305(this.key, nonce).encrypt(whole));
  }

  /** Undo the node's `seal` of the same kind. */
  open(kind: Kind, data: Bytes): Bytes {
    const head = concat(utf8(kind), this.theirs.slice(0, 8));
    if (data.length < NONCE + 16 + head.length) throw new NotOurs("too short to be a message");
    let whole: Bytes;
    try {
      whole = bytes(xsalsa20poly1305(this.key, data.slice(0, NONCE)).decrypt(data.slice(NONCE)));
    } catch {
      throw new NotOurs("not sealed by the node for us, or changed on the way");
    }
    if (!equal(whole.slice(0, head.length), head)) throw new NotOurs("a message of another kind or direction");
    return whole.slice(head.length);
  }

  /** One part of the answer to the ask that we sent, and whether it is the last. */
  answered(ask: Bytes, place: number, data: Bytes): { plain: Bytes; last: boolean } {
    const head = concat(ask.slice(0, ASKED), bigEndian(place, 4));
    for (const kind of ["!", "."] as const) {
      let plain: Bytes;
      try {
        plain = this.open(kind, data);
      } catch {
        continue;
      }
      if (!equal(plain.slice(0, head.length), head)) throw new NotOurs("an answer to another question");
      return { plain: plain.slice(head.length), last: kind === "." };
    }
    throw new NotOurs("not sealed by the node for us, or changed on the way");
  }
}

/** NaCl's crypto_box_beforenm of a shared point. */
function boxKey(shared: Uint8Array): Bytes {
  const out = new Uint32Array(8);
  hsalsa(SIGMA, words(shared), new Uint32Array(4), out);
  const key = new Uint8Array(32);
  const view = new DataView(key.buffer);
  out.forEach((word, at) => view.setUint32(at * 4, word, true));
  return key;
}

function words(data: Uint8Array): Uint32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Uint32Array.from({ length: data.length / 4 }, (_, at) => view.getUint32(at * 4, true));
}
