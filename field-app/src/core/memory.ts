/** A machine in memory: for tests, scripts, and nothing that must last. */

import type { Bytes } from "../codec/bytes.ts";
import { Full, TABLES } from "./machine.ts";
import type { Change, Machine, PartName, Parts, Reply, Room, Store, Table } from "./machine.ts";

/** Structured clones go in and out, as of a disk. */
export class MemoryStore implements Store {
  readonly tables = new Map<Table, Map<string, unknown>>(TABLES.map((table) => [table, new Map<string, unknown>()]));
  /** Called before anything is written and after all of it is: a test makes them throw. */
  before: (changes: readonly Change[]) => Promise<void> | void = () => undefined;
  after: (changes: readonly Change[]) => Promise<void> | void = () => undefined;
  full = false;

  private table(name: Table): Map<string, unknown> {
    const found = this.tables.get(name);
    if (found === undefined) throw new Error(`no table ${name}`);
    return found;
  }
  get(table: Table, key: string): Promise<unknown> {
    return Promise.resolve(structuredClone(this.table(table).get(key)));
  }
  all(table: Table): Promise<readonly (readonly [string, unknown])[]> {
    const rows = [...this.table(table)].sort(([left], [right]) => (left < right ? -1 : 1));
    return Promise.resolve(structuredClone(rows));
  }
  async commit(changes: readonly Change[]): Promise<void> {
    await this.before(changes);
    if (this.full && changes.some((change) => "value" in change)) throw new Full("full");
    for (const change of changes) {
      const table = this.table(change.table);
      if ("clear" in change) table.clear();
      else if ("remove" in change) table.delete(change.key);
      else table.set(change.key, structuredClone(change.value));
    }
    await this.after(changes);
  }
  close(): void {
    // Nothing is open.
  }
  copy(): MemoryStore {
    const made = new MemoryStore();
    for (const [name, rows] of this.tables) made.tables.set(name, structuredClone(rows));
    return made;
  }
}

export class MemoryParts implements Parts {
  readonly held = new Map<PartName, Bytes>();

  read(name: PartName): Promise<Bytes | null> {
    return Promise.resolve(this.held.get(name)?.slice() ?? null);
  }
  overwrite(name: PartName, part: Bytes): Promise<void> {
    this.held.set(name, part.slice());
    return Promise.resolve();
  }
}

type Send = (path: string, body?: Bytes) => Promise<Reply>;

export class MemoryMachine implements Machine {
  readonly unfit = "";
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly holders: (() => void)[] = [];
  private readonly returning = new Set<() => void>();
  readonly timers = new Set<{ at: number; call: () => void }>();
  space: Room = { persisted: true, installed: true, quota: 1_000_000_000, used: 1_000_000 };

  constructor(
    readonly send: Send,
    readonly now: () => number = Date.now,
    readonly store: MemoryStore = new MemoryStore(),
    readonly parts: MemoryParts = new MemoryParts(),
    readonly elapsed: () => number = now,
  ) {}

  room = () => Promise.resolve(this.space);

  exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const next = (this.queues.get(name) ?? Promise.resolve()).then(work, work);
    this.queues.set(name, next.catch(() => undefined));
    return next;
  }
  hold(_name: string, got: () => void, waits: () => void): () => void {
    this.holders.push(got);
    if (this.holders.length === 1) got();
    else waits();
    return () => {
      const first = this.holders[0] === got;
      const at = this.holders.indexOf(got);
      if (at >= 0) this.holders.splice(at, 1);
      if (first) this.holders[0]?.();
    };
  }
  onReturn(call: () => void): () => void {
    this.returning.add(call);
    return () => this.returning.delete(call);
  }
  /** As the network coming back. */
  back(): void {
    for (const call of this.returning) call();
  }
  later(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.now() + milliseconds, call };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }
  /** Run what is due: time does not pass by itself here. */
  tick(): void {
    for (const timer of [...this.timers]) {
      if (timer.at <= this.now() && this.timers.delete(timer)) timer.call();
    }
  }
}
