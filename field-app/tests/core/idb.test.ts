/** The store in IndexedDB: whole or not at all, durable when acknowledged, over connections that browsers drop. */

import "fake-indexeddb/auto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { IdbStore } from "../../src/core/idb.ts";
import { Ledger } from "../../src/core/ledger.ts";
import { Full } from "../../src/core/machine.ts";
import { MemoryMachine } from "../../src/core/memory.ts";
import { Phone } from "../../src/core/phone.ts";
import { PERSON, PASSPHRASE, QUICK, refusal, World } from "./world.ts";
import { hex } from "../../src/codec/bytes.ts";

let count = 0;
const fresh = () => `test ${++count}`;
const row = (key: string, value: unknown) => ({ table: "outbox" as const, key, value });

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a commit", () => {
  it("writes all of it in one strict transaction, or nothing", async () => {
    const opened = vi.spyOn(IDBDatabase.prototype, "transaction");
    const name = fresh();
    const store = new IdbStore(name);
    await store.commit([row("2", new Uint8Array([1, 2])), { table: "logs", key: "a", value: { seq: 1 } }]);
    const writing = opened.mock.calls.filter(([, mode]) => mode === "readwrite");
    expect(writing).toEqual([[["outbox", "logs"], "readwrite", { durability: "strict" }]]);
    const bad = [row("3", 1), row("4", () => undefined)];
    await expect(store.commit(bad)).rejects.toThrow();
    const again = new IdbStore(name);
    expect(await again.all("outbox")).toEqual([["2", new Uint8Array([1, 2])]]);
    await again.commit([row("1", "first"), { table: "outbox", key: "2", remove: true }, { table: "logs", clear: true }]);
    expect([await again.all("outbox"), await again.get("logs", "a")]).toEqual([[["1", "first"]], undefined]);
  });

  it("is acknowledged on complete, and not when its requests have succeeded", async () => {
    const store = new IdbStore(fresh());
    await store.commit([row("0", 0)]);
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...given: [unknown, IDBValidKey?]) {
      const request = put.apply(this, given);
      request.addEventListener("success", () => {
        this.transaction.abort();
      });
      return request;
    });
    await expect(store.commit([row("1", 1)])).rejects.toThrow();
    vi.restoreAllMocks();
    expect(await store.get("outbox", "1")).toBeUndefined();
  });

  it("is repeated with the same rows where the connection was dropped, before or after it was written", async () => {
    const name = fresh();
    const store = new IdbStore(name);
    await store.commit([row("0", 0)]);
    const transaction = IDBDatabase.prototype.transaction;
    let drops = 2;
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...given) {
      if (drops-- > 0) throw new DOMException("The database connection is closing.", "InvalidStateError");
      return transaction.apply(this, given);
    });
    await store.commit([row("1", 1)]);
    await store.commit([row("1", 1)]);
    expect(await store.all("outbox")).toEqual([["0", 0], ["1", 1]]);
    vi.restoreAllMocks();
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
      throw new DOMException("gone", "InvalidStateError");
    });
    await expect(store.commit([row("2", 2)]), "and not for ever").rejects.toThrow("gone");
  });

  it("that does not fit is told as full", async () => {
    const store = new IdbStore(fresh());
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await expect(store.commit([row("1", 1)])).rejects.toBeInstanceOf(Full);
    vi.restoreAllMocks();
    expect(await store.all("outbox")).toEqual([]);
  });
});

describe("a phone on IndexedDB", () => {
  it("saves once over a dropped connection, and has it after a restart", async () => {
    const world = new World();
    const name = fresh();
    const machine = () => Object.assign(new MemoryMachine(world.node.send, world.now), { store: new IdbStore(name), parts });
    const { parts } = world.machine();
    const phone = await Phone.open(machine(), { cost: QUICK, manual: true });
    await phone.enrol(phone.readCode(world.node.code()), hex(world.node.public), PASSPHRASE);
    const transaction = IDBDatabase.prototype.transaction;
    let drops = 0;
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...given) {
      if (++drops % 2 === 1) {
        this.close();
        throw new DOMException("The database connection is closing.", "InvalidStateError");
      }
      return transaction.apply(this, given);
    });
    const met = await phone.meet({ values: PERSON });
    vi.restoreAllMocks();
    await phone.close();
    const again = await Phone.open(machine(), { cost: QUICK, manual: true });
    expect(again.status.unsent.entries).toBe(2);
    expect(await again.handOver()).toMatchObject({ outcome: "all", delivered: 2 });
    expect(world.node.entries.map((entry) => entry.hash)).toContain(met.entry);
  });

  it("refuses in words what the store does not take", async () => {
    const machine = Object.assign(new World().machine(), {});
    const ledger = new Ledger(machine);
    machine.store.before = () => {
      throw new Error("the disk is broken");
    };
    const why = await refusal(ledger.commit([{ table: "meta", key: "x", value: 1 }]));
    expect([why.code, why.message.includes("nothing of it was saved")]).toEqual(["storage", true]);
  });
});
