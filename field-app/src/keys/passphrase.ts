/** A passphrase of drawn words. Six of a list of 2,048 are 66 bits: more than a copied profile gives to guess. */

import { Malformed } from "../codec/bytes.ts";

export const WORDS = 6;
const SMALLEST = 2048;

/** Words drawn from the caller's list, each as likely as any other. `draw` gives 32 random bits. */
export function drawPassphrase(list: readonly string[], draw: () => number = drawn): string {
  const words = new Set(list.map(normalised));
  if (words.size !== list.length || words.size < SMALLEST) throw new Malformed("words: too few, or one twice");
  const limit = Math.floor(2 ** 32 / list.length) * list.length;
  return Array.from({ length: WORDS }, () => {
    let number = draw();
    while (number >= limit) number = draw();
    return list[number % list.length] ?? "";
  }).join(" ");
}

function drawn(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** As it is hashed: however a keyboard writes accents, capitals and blanks. */
export function normalised(passphrase: string): string {
  return passphrase.normalize("NFKD").toLowerCase().trim().split(/\s+/u).join(" ");
}
