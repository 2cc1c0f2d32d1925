/** The store's small tables in memory, and the one way in which anything is written: whole, or not at all. */

import { Counting } from "./counting.ts";
import type { Noted } from "./counting.ts";
import { Full } from "./machine.ts";
import type { Change, Machine } from "./machine.ts";
import { NO_COUNTERS } from "./rows.ts";
import type { Carried, Contact, Counters, Log, Phone, Told, Visit, Waiting } from "./rows.ts";
import { Refusal } from "./types.ts";

const NO_CONTACT: Contact = { lastHandOver: null, appVersion: "" };

export class Ledger {
  phone: Phone | null = null;
  counters: Counters = NO_COUNTERS;
  contact: Contact = NO_CONTACT;
  visit: Visit | null = null;
  readonly logs = new Map<string, Log>();
  /** By row key. */
  readonly outbox = new Map<string, Waiting>();
  readonly told = new Map<string, Told>();
  carried = 0;
  readonly counting: Counting;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(readonly machine: Machine) {
    this.counting = new Counting(machine);
  }

  get store() {
    return this.machine.store;
  }

  /** Read it anew: at opening, and when another tab that wrote has ended. */
  async load(): Promise<void> {
    const { store } = this;
    const [phone, counters, time, contact, visit, logs, outbox, told, carried] = await Promise.all([
      store.get("meta", "phone"),
      store.get("meta", "counters"),
      store.get("meta", "time"),
      store.get("meta", "contact"),
      store.get("meta", "visit"),
      store.all("logs"),
      store.all("outbox"),
      store.all("told"),
      store.all("carried"),
    ]);
    this.phone = (phone as Phone | undefined) ?? null;
    this.counters = (counters as Counters | undefined) ?? NO_COUNTERS;
    this.counting.begin(time as Noted | undefined);
    this.contact = (contact as Contact | undefined) ?? NO_CONTACT;
    this.visit = (visit as Visit | undefined) ?? null;
    const fill = <T>(map: Map<string, T>, rows: readonly (readonly [string, unknown])[]) => {
      map.clear();
      for (const [key, value] of rows) map.set(key, value as T);
    };
    fill(this.logs, logs);
    fill(this.outbox, outbox);
    fill(this.told, told);
    this.carried = carried.filter(([, row]) => isCarried(row as Carried)).length;
  }

  /** One after the other: each begins from what the one before has stored. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.queue.then(work, work);
    this.queue = next.catch(() => undefined);
    return next;
  }

  /** Memory follows when the store has it for good; a refusal leaves both as they were. */
  async commit(changes: readonly Change[]): Promise<void> {
    try {
      await this.store.commit(changes);
    } catch (why) {
      if (why instanceof Full) {
        throw new Refusal("quota", "this phone's storage is full; nothing of this was saved. Hand over, or delete other files");
      }
      const detail = why instanceof Error ? why.message : String(why);
      throw new Refusal("storage", `this phone could not store it; nothing of it was saved. Try again (${detail})`);
    }
    for (const change of changes) this.follow(change);
  }

  private follow(change: Change): void {
    const follow = <T>(map: Map<string, T>) => {
      if ("clear" in change) map.clear();
      else if ("remove" in change) map.delete(change.key);
      else map.set(change.key, change.value as T);
    };
    if (change.table === "logs") follow(this.logs);
    else if (change.table === "outbox") follow(this.outbox);
    else if (change.table === "told") follow(this.told);
    else if (change.table === "meta" && "remove" in change && change.key === "visit") this.visit = null;
    else if (change.table === "meta" && "value" in change) {
      if (change.key === "phone") this.phone = change.value as Phone;
      if (change.key === "counters") this.counters = change.value as Counters;
      if (change.key === "time") this.counting.noted(change.value as Noted);
      if (change.key === "visit") this.visit = change.value as Visit;
      if (change.key === "contact") this.contact = change.value as Contact;
    }
  }

  /** Who this phone is; refused where nobody has enrolled it, or its keys are gone. */
  enrolled(): Phone {
    if (this.phone === null) throw new Refusal("not-enrolled", "this phone is not enrolled yet");
    return this.phone;
  }
  capturing(): Phone {
    const phone = this.enrolled();
    if (phone.destroyed) {
      throw new Refusal("destroyed", "the keys of this phone are destroyed: it captures nothing more");
    }
    return phone;
  }
}

/** Another phone's parcel that the node has not answered yet. */
export function isCarried(row: Carried): boolean {
  return row.answer === null && row.problem === "";
}

export function put(table: Change["table"], key: string, value: unknown): Change {
  return { table, key, value };
}

export function remove(table: Change["table"], key: string): Change {
  return { table, key, remove: true };
}
