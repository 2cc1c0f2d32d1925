/** Photos: sealed in chunks as the node seals them (libertad/journal/chunks.py), before anything is stored. */

import { bigEndian, concat, hex, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { gcm } from "../codec/sealing.ts";
import { Refusal } from "./types.ts";
import type { Photo } from "./types.ts";

const PLAIN = 64 * 1024 - 16;
const STEP = 4096;
/** What every node takes. */
const LARGEST = 20 * 1024 * 1024;
const CONTEXT = utf8("libertad attachment v1\0");

export interface Chunk {
  readonly name: string;
  readonly data: Bytes;
}

/** `hash`: of what the camera gave; `values` of attachment.add but what it is about. */
export interface SealedPhoto {
  readonly hash: string;
  readonly values: {
    readonly name: string;
    readonly media: string;
    readonly size: number;
    readonly key: string;
    readonly digest: string;
    readonly chunks: number;
  };
  /** The list of the others first. */
  readonly chunks: readonly Chunk[];
}

export async function sealPhoto(photo: Photo): Promise<SealedPhoto> {
  const { content, media, name } = photo;
  if (content.length === 0 || content.length > LARGEST) {
    throw new Refusal("values", "a photo has at least 1 byte and at most 20 MB", "photos");
  }
  const raw = random(32);
  const key = await gcm(raw, "encrypt");
  const count = Math.ceil(content.length / PLAIN);
  const pieces: Chunk[] = [];
  for (let place = 0; place < count; place++) {
    const piece = padded(content.slice(place * PLAIN, (place + 1) * PLAIN));
    const params = {
      name: "AES-GCM",
      iv: bigEndian(place, 12),
      additionalData: concat(CONTEXT, bigEndian(place, 4), bigEndian(count, 4)),
    };
    const data = new Uint8Array(await crypto.subtle.encrypt(params, key, piece));
    pieces.push({ name: hex(await digest(data)), data });
  }
  const listed = concat(...pieces.map((piece) => Uint8Array.from(piece.name.match(/../g) ?? [], (pair) => parseInt(pair, 16))));
  const list = { name: hex(await digest(listed)), data: listed };
  const values = { name, media, size: content.length, key: hex(raw), digest: list.name, chunks: count };
  raw.fill(0);
  return { hash: hex(await digest(content)), values, chunks: [list, ...pieces] };
}

/** With zeros up to the next step: a short text and a longer one look alike. */
function padded(piece: Bytes): Bytes {
  const whole = new Uint8Array(Math.min(PLAIN, Math.ceil(piece.length / STEP) * STEP));
  whole.set(piece);
  return whole;
}

async function digest(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}
