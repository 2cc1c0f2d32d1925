/** The store in IndexedDB: one strict transaction a commit, acknowledged on `complete` and not before. */

import { openDB } from "idb";
import type { IDBPDatabase, IDBPTransaction } from "idb";
import { Full, TABLES } from "./machine.ts";
import type { Change, Store, Table } from "./machine.ts";

const NAME = "libertad-field";
const VERSION = 2;
/** A connection that a browser drops again and again is a fault, and is told as one. */
const ATTEMPTS = 4;

export class IdbStore implements Store {
  private connection: Promise<IDBPDatabase> | null = null;
  private ended = false;

  constructor(private readonly name: string = NAME) {}

  private open(): Promise<IDBPDatabase> {
    if (this.ended) return Promise.reject(new Error("the store was closed"));
    const drop = () => {
      this.connection = null;
    };
    this.connection ??= openDB(this.name, VERSION, {
      upgrade(database) {
        for (const table of TABLES) {
          if (!database.objectStoreNames.contains(table)) database.createObjectStore(table);
        }
      },
      // Another version of the app wants to change the store: this one lets go, and opens it anew at its next act.
      blocking(_current, _wanted, event) {
        drop();
        (event.target as IDBDatabase).close();
      },
      terminated: drop,
    }).catch((why: unknown) => {
      drop();
      throw why;
    });
    return this.connection;
  }

  /** Once more on a fresh connection where the browser dropped the old one. */
  private async again<T>(work: (database: IDBPDatabase) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await this.open());
      } catch (why) {
        if (isFull(why)) throw new Full("the storage is full");
        if (attempt === ATTEMPTS || this.ended || !isDropped(why)) throw why;
        const old = this.connection;
        this.connection = null;
        old?.then((database) => { database.close(); }, () => undefined);
      }
    }
  }

  get(table: Table, key: string): Promise<unknown> {
    return this.again((database): Promise<unknown> => database.get(table, key));
  }

  all(table: Table): Promise<readonly (readonly [string, unknown])[]> {
    return this.again(async (database) => {
      const { store } = database.transaction(table);
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll() as Promise<unknown[]>]);
      return keys.map((key, at) => [String(key), values[at]] as const);
    });
  }

  commit(changes: readonly Change[]): Promise<void> {
    const tables = [...new Set(changes.map((change) => change.table))];
    if (tables.length === 0) return Promise.resolve();
    return this.again(async (database) => {
      const transaction = database.transaction(tables, "readwrite", { durability: "strict" });
      const done = transaction.done;
      try {
        // What goes wrong with one request ends the transaction, which tells it.
        for (const change of changes) apply(transaction, change).catch(() => undefined);
        await done;
      } catch (why) {
        // A row that cannot be stored throws at once: what was put before it must not be committed without it.
        try {
          transaction.abort();
        } catch {
          // It has ended by itself.
        }
        await done.catch(() => undefined);
        throw transaction.error ?? why;
      }
    });
  }

  close(): void {
    this.ended = true;
    this.connection?.then((database) => { database.close(); }, () => undefined);
    this.connection = null;
  }
}

function apply(transaction: IDBPTransaction<unknown, string[], "readwrite">, change: Change): Promise<unknown> {
  const store = transaction.objectStore(change.table);
  if ("clear" in change) return store.clear();
  if ("remove" in change) return store.delete(change.key);
  return store.put(change.value, change.key);
}

function named(why: unknown): string {
  return why instanceof Error || why instanceof DOMException ? why.name : "";
}

function isFull(why: unknown): boolean {
  return named(why) === "QuotaExceededError";
}

/** The connection was closed under it, or its transaction was; what was asked is asked again. */
function isDropped(why: unknown): boolean {
  return ["InvalidStateError", "AbortError", "TransactionInactiveError", "UnknownError"].includes(named(why));
}
