/**
 * Forms that were left while they were filled in: sealed to the key of own records as they are typed.
 *
 * One row a name, written over at each change, erased with what it became. A locked app seals and cannot read: what
 * was typed while locked is there again once the app is unlocked.
 */

import { fromHex, Malformed, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { decode, encode, isList } from "../codec/messagepack.ts";
import { openWith, sealTo } from "./leasing.ts";
import type { ReadKey } from "./leasing.ts";
import { put, remove } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Unfinished } from "./types.ts";

const LONGEST = 64_000;
/** Photos with it. */
const LARGEST = 16_000_000;
const MOST = 24;
const WHAT = "draft ";
const PART = "$part";

export class Drafts {
  private found: readonly Unfinished[] = [];

  constructor(
    private readonly ledger: Ledger,
    private readonly reading: () => ReadKey | null,
  ) {}

  /** Those that were there when the app was unlocked; none while locked. */
  all(): readonly Unfinished[] {
    return this.reading() === null ? [] : this.found;
  }

  async load(): Promise<void> {
    const read = this.reading();
    this.found = [];
    if (read === null) return;
    const found: Unfinished[] = [];
    for (const [name, sealed] of await this.ledger.store.all("drafts")) {
      try {
        found.push({ name, content: contentOf(await openWith(read, sealed as Bytes, WHAT + name)) });
      } catch {
        // Of a key that has ended.
      }
    }
    this.found = found;
  }

  /** False where it is too long, or too many are there: it is then in memory alone. */
  keep(name: string, content: unknown): Promise<boolean> {
    return this.ledger.alone(async () => {
      const to = this.ledger.phone?.own?.public ?? "";
      const { text, parts } = partsOf(content);
      const plain = encode([text, ...parts]);
      if (to === "" || utf8(text).length > LONGEST || plain.length > LARGEST) return false;
      const names = (await this.ledger.store.all("drafts")).map(([each]) => each);
      if (!names.includes(name) && names.length >= MOST) return false;
      await this.ledger.commit([put("drafts", name, await sealTo(fromHex(to), plain, WHAT + name))]);
      return true;
    });
  }

  drop(name: string): Promise<void> {
    return this.ledger.alone(async () => {
      this.found = this.found.filter((each) => each.name !== name);
      await this.ledger.commit([remove("drafts", name)]);
    });
  }
}

/** JSON, and the bytes that it names by their place. */
function partsOf(content: unknown): { text: string; parts: readonly Bytes[] } {
  const parts: Bytes[] = [];
  const text = JSON.stringify(content, (_name, value: unknown) => (value instanceof Uint8Array ? { [PART]: parts.push(new Uint8Array(value)) - 1 } : value));
  return { text, parts };
}

function contentOf(plain: Bytes): unknown {
  const whole = decode(plain);
  const [text, ...parts] = isList(whole) ? whole : [];
  if (typeof text !== "string") throw new Malformed("draft: no text");
  return JSON.parse(text, (_name, value: unknown) => {
    return typeof value === "object" && value !== null && PART in value ? parts[Number(value[PART])] : value;
  }) as unknown;
}
