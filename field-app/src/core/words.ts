/** Word lists: BIP 39's, as the node reads fingerprints aloud by. Each is loaded when it is first wanted. */

import { utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { sha256 } from "../codec/hashing.ts";
import type { Language } from "./types.ts";

const CONTEXT = utf8("libertad field words v1\0");
const BITS = 11;

export async function wordList(language: Language): Promise<readonly string[]> {
  return (await loaded(language)).map((word) => word.normalize("NFC"));
}

async function loaded(language: Language): Promise<readonly string[]> {
  switch (language) {
    case "es":
      return (await import("@scure/bip39/wordlists/spanish.js")).wordlist;
    case "fr":
      return (await import("@scure/bip39/wordlists/french.js")).wordlist;
    case "pt":
      return (await import("@scure/bip39/wordlists/portuguese.js")).wordlist;
    default:
      return (await import("@scure/bip39/wordlists/english.js")).wordlist;
  }
}

/** Four words of 44 bits, for two people who compare what two phones hold. */
export async function fourWords(content: Bytes, language: Language): Promise<readonly string[]> {
  const words = await wordList(language);
  const hash = sha256(CONTEXT, content);
  const bits = hash.slice(0, 6).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return [0, 1, 2, 3].map((at) => words[Number((bits >> BigInt(48 - BITS * (at + 1))) & 2047n)] ?? "");
}
