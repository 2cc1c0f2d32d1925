/** Animated QR codes: texts of capitals, digits and few signs, which QR stores in 5.5 bits each. */

import { concat } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import { Refusal } from "./types.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const NAMES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HEAD = /^LFQ1:([0-9A-HJKMNP-TV-Z]{6}):([1-9]\d{0,3})\/([1-9]\d{0,3}):(.*)$/su;
/** Bytes of a frame: at least about 700 signs, which a camera reads at once (version 15 of QR, 77 modules). */
const LEAST = 440;
/** At most 2,208 signs: version 28 with correction L, 129 modules, six camera pixels each. */
const MOST = 1460;
export const MOST_FRAMES = 60;
/** Of what one set holds. */
export const LARGEST_SET = MOST * MOST_FRAMES - 1;

/** What a set of frames holds. */
export type SetKind = "parcel" | "answer" | "offer" | "custodyAnswer";
const KINDS: readonly SetKind[] = ["parcel", "answer", "offer", "custodyAnswer"];

/** RFC 9285. */
export function base45(data: Bytes): string {
  let out = "";
  for (let at = 0; at < data.length; at += 2) {
    const two = at + 1 < data.length;
    let value = two ? (data[at] ?? 0) * 256 + (data[at + 1] ?? 0) : (data[at] ?? 0);
    for (let signs = two ? 3 : 2; signs > 0; signs--) {
      out += ALPHABET[value % 45] ?? "";
      value = Math.floor(value / 45);
    }
  }
  return out;
}

/** null for a text that `base45` never writes. */
export function fromBase45(text: string): Bytes | null {
  if (text.length % 3 === 1) return null;
  const out: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((sign) => ALPHABET.indexOf(sign));
    if (digits.includes(-1)) return null;
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (value >= (digits.length === 3 ? 0x10000 : 0x100)) return null;
    if (digits.length === 3) out.push(value >> 8);
    out.push(value & 255);
  }
  return Uint8Array.from(out);
}

/** A set is named by its hash: another set's frame is told from one of it, and the whole is checked. No denser
 * than it has to be. */
export function toFrames(kind: SetKind, content: Bytes): { set: string; frames: readonly string[] } {
  const whole = concat([KINDS.indexOf(kind) + 1], content);
  const set = nameOf(whole);
  const size = Math.min(MOST, Math.max(LEAST, Math.ceil(whole.length / MOST_FRAMES)));
  const count = Math.ceil(whole.length / size);
  if (count > MOST_FRAMES) throw new Refusal("values", "this is too much for QR codes; use the file");
  const frames = Array.from({ length: count }, (_, at) => {
    return `LFQ1:${set}:${at + 1}/${count}:${base45(whole.slice(at * size, (at + 1) * size))}`;
  });
  return { set, frames };
}

function nameOf(whole: Bytes): string {
  const hash = sha256(whole);
  const value = [0, 1, 2, 3].reduce((sum, at) => sum * 256 + (hash[at] ?? 0), 0);
  return Array.from({ length: 6 }, (_, at) => NAMES[Math.floor(value / 32 ** at) % 32]).join("");
}

export interface Collected {
  readonly set: string;
  readonly have: number;
  readonly of: number;
  readonly missing: readonly number[];
  readonly whole: { readonly kind: SetKind; readonly content: Bytes } | null;
}

/** Frames of one set, in any order and as often as the camera reads them. */
export class Collector {
  private set = "";
  private count = 0;
  private readonly parts = new Map<number, Bytes>();

  drop(): void {
    this.set = "";
    this.count = 0;
    this.parts.clear();
  }

  take(text: string): Collected {
    const found = HEAD.exec(text);
    const [, set = "", place = "0", of = "0", encoded = ""] = found ?? [];
    const at = Number(place);
    const count = Number(of);
    const part = found === null ? null : fromBase45(encoded);
    if (part === null || part.length === 0 || at > count || count > MOST_FRAMES) {
      throw new Refusal("wrong-qr", "this code is not one of this app, or was not read whole");
    }
    if (this.set === "") {
      this.set = set;
      this.count = count;
    }
    if (set !== this.set || count !== this.count) {
      throw new Refusal("mixed-sets", "this code belongs to another set than the ones before: end that one, or begin again");
    }
    this.parts.set(at, part);
    const missing = Array.from({ length: count }, (_, place0) => place0 + 1).filter((each) => !this.parts.has(each));
    const state = { set, have: this.parts.size, of: count, missing };
    if (missing.length > 0) return { ...state, whole: null };
    const whole = concat(...[...this.parts].sort(([left], [right]) => left - right).map(([, each]) => each));
    this.drop();
    const kind = KINDS[(whole[0] ?? 0) - 1];
    if (nameOf(whole) !== set || kind === undefined) {
      throw new Refusal("wrong-qr", "the codes do not belong together: scan them again from the start");
    }
    return { ...state, whole: { kind, content: whole.slice(1) } };
  }
}
