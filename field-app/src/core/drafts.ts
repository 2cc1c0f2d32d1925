/**
 * Forms that were left while they were filled in: sealed to the key of own records as they are typed.
 *
 * One row a name, written over at each change, erased with what it became. A locked app seals and cannot read: what
 * was typed while locked is there again once the app is unlocked.
 */

import { fromHex, fromUtf8, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import { openWith, sealTo } from "./leasing.ts";
import type { ReadKey } from "./leasing.ts";
import { put, remove } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Unfinished } from "./types.ts";

const LONGEST = 64_000;
const MOST = 24;
const WHAT = "draft ";

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
        const plain = await openWith(read, sealed as Bytes, WHAT + name);
        found.push({ name, content: JSON.parse(fromUtf8(plain)) as unknown });
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
      const plain = utf8(JSON.stringify(content));
      if (to === "" || plain.length > LONGEST) return false;
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
