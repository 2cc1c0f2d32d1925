/** Where the vault lies: seal and tries in the store, the part in a file that is overwritten in place. */

import type { Bytes } from "../codec/bytes.ts";
import type { Sealed, Storage, Tries } from "../keys/vault.ts";
import type { Machine } from "./machine.ts";

const NO_TRIES: Tries = { failed: 0, last: 0 };

export class VaultStorage implements Storage {
  constructor(private readonly machine: Machine) {}

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.machine.exclusive("vault", work);
  }
  async getSealed(): Promise<Sealed | null> {
    return ((await this.machine.store.get("meta", "vault")) as Sealed | undefined) ?? null;
  }
  putSealed(sealed: Sealed | null): Promise<void> {
    const place = { table: "meta" as const, key: "vault" };
    return this.machine.store.commit([sealed === null ? { ...place, remove: true } : { ...place, value: sealed }]);
  }
  async getTries(): Promise<Tries> {
    return ((await this.machine.store.get("meta", "tries")) as Tries | undefined) ?? NO_TRIES;
  }
  putTries(tries: Tries): Promise<void> {
    return this.machine.store.commit([{ table: "meta", key: "tries", value: tries }]);
  }
  readPart(): Promise<Bytes | null> {
    return this.machine.parts.read("keys");
  }
  overwritePart(part: Bytes): Promise<void> {
    return this.machine.parts.overwrite("keys", part);
  }
}
