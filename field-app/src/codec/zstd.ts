/**
 * Zstandard frames (RFC 8878) with their content size, as the exchange wants them.
 *
 * What the app sends is sealed and does not compress: its frames are of raw blocks.
 */

import { decompress } from "fzstd";
import { bytes, concat, Malformed } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

const MAGIC = 0xfd2fb528;
const LARGEST_BLOCK = 0x20000;
const SINGLE_SEGMENT = 0x20;
const SIZE_OF_FOUR = 0x80;

/** A frame that holds the bytes as they are. */
export function enframe(plain: Bytes): Bytes {
  const head = new Uint8Array(9);
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC, true);
  head[4] = SIZE_OF_FOUR | SINGLE_SEGMENT;
  view.setUint32(5, plain.length, true);
  const largest = Math.max(1, Math.min(LARGEST_BLOCK, plain.length));
  const blocks: Bytes[] = [];
  for (let at = 0; at === 0 || at < plain.length; at += largest) {
    const block = plain.slice(at, at + largest);
    const last = at + largest >= plain.length ? 1 : 0;
    const stated = (block.length << 3) | last;
    blocks.push(concat([stated & 255, (stated >> 8) & 255, stated >> 16], block));
  }
  return concat(head, ...blocks);
}

/** What a frame holds; Malformed where it does not say how much, or says more than `most` bytes. */
export function deframe(data: Bytes, most: number): Bytes {
  const size = statedSize(data);
  if (size > most) throw new Malformed(`message: it would be larger than ${most} bytes`);
  let plain: Uint8Array;
  try {
    plain = decompress(data, new Uint8Array(size));
  } catch {
    throw new Malformed("message: cut off or changed on the way");
  }
  if (plain.length !== size) throw new Malformed("message: not as large as it says");
  return bytes(plain);
}

function statedSize(data: Bytes): number {
  const view = new DataView(data.buffer);
  const descriptor = data[4];
  if (descriptor === undefined || view.getUint32(0, true) !== MAGIC) throw new Malformed("message: no frame");
  const single = (descriptor & SINGLE_SEGMENT) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (single ? 0 : 1) + dictionary;
  try {
    switch (descriptor >> 6) {
      case 0:
        if (single) return view.getUint8(at);
        break;
      case 1:
        return view.getUint16(at, true) + 256;
      case 2:
        return view.getUint32(at, true);
      default:
        return Number(view.getBigUint64(at, true));
    }
  } catch {
    throw new Malformed("message: cut off");
  }
  throw new Malformed("message: it does not say how large it is");
}
