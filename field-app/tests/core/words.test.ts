/** The word lists that passphrases are drawn from, and the words that two phones compare. */

import { describe, expect, it } from "vitest";
import { random, utf8 } from "../../src/codec/bytes.ts";
import { fourWords, wordList } from "../../src/core/words.ts";
import { drawPassphrase, normalised } from "../../src/keys/passphrase.ts";

describe.each(["en", "es", "fr", "pt"] as const)("the list in %s", (language) => {
  it("has 2,048 words, which stay apart however they are typed, and six of them are a passphrase", async () => {
    const words = await wordList(language);
    expect(words).toHaveLength(2048);
    expect(new Set(words.map(normalised)).size).toBe(2048);
    expect(words.every((word) => /^\p{L}{3,}$/u.test(word))).toBe(true);
    const drawn = drawPassphrase(words).split(" ");
    expect(drawn).toHaveLength(6);
    expect(drawn.every((word) => words.includes(word))).toBe(true);
  });

  it("gives the same four words of the same bytes, and others of others", async () => {
    const content = random(100);
    const four = await fourWords(content, language);
    expect(four).toHaveLength(4);
    expect(await fourWords(content, language)).toEqual(four);
    content[50] = (content[50] ?? 0) ^ 1;
    expect(await fourWords(content, language)).not.toEqual(four);
  });
});

it("four words are spread over the list", async () => {
  const words = await wordList("en");
  const found = new Set<number>();
  for (let at = 0; at < 400; at++) {
    for (const word of await fourWords(utf8(String(at)), "en")) found.add(words.indexOf(word));
  }
  expect(found.size).toBeGreaterThan(1000);
  expect(found.has(-1)).toBe(false);
});
