/** Reads bytes from front to back; what is not there is refused and never guessed. */

import { Malformed } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

export class Reader {
  private at = 0;

  constructor(
    private readonly data: Bytes,
    private readonly what: string,
  ) {}

  get done(): boolean {
    return this.at === this.data.length;
  }

  fail(rule: string): Malformed {
    return new Malformed(`${this.what}: ${rule}`);
  }

  byte(): number {
    const value = this.data[this.at];
    if (value === undefined) throw this.fail("cut off");
    this.at++;
    return value;
  }

  /** A whole number of so many bytes, big-endian; above 2^53 - 1 it is refused. */
  number(size: number): number {
    let value = 0;
    for (let left = size; left > 0; left--) value = value * 256 + this.byte();
    if (!Number.isSafeInteger(value)) throw this.fail("a number is out of range");
    return value;
  }

  take(size: number): Bytes {
    if (size > this.data.length - this.at) throw this.fail("cut off");
    this.at += size;
    return this.data.slice(this.at - size, this.at);
  }

  /** A count of items, each of one byte at least: compared with what is left before a list is made. */
  items(count: number): number {
    if (count > this.data.length - this.at) throw this.fail("cut off");
    return count;
  }

  end(): void {
    if (!this.done) throw this.fail("something follows it");
  }
}
