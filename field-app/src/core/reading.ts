/** What an unlocked phone can read, and the end of each: the task, own records, and what custody needs. */

import { fromUtf8, hex, random, utf8 } from "../codec/bytes.ts";
import type { Bytes } from "../codec/bytes.ts";
import type { Keys } from "../keys/vault.ts";
import { isOnlyHere, sessionName } from "./copy.ts";
import type { ReadableCopy } from "./copy.ts";
import type { Grant } from "./grant.ts";
import { openWith, PART, readKey, sealTo } from "./leasing.ts";
import type { ReadKey, Use } from "./leasing.ts";
import { put, remove } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { Change } from "./machine.ts";
import type { Ending, Phone } from "./rows.ts";
import type { Colleague, OtherPhone, Task } from "./types.ts";

/** meta: the task, and those to whom custody may go. */
const TASK = "lease";
const CIRCLE = "circle";
/** Own records are read no longer than this after the last contact. */
const OWN = 72 * 3_600_000;

/** Who takes part in custody: this officer's own name, to whom things may be given, and their phones. */
export interface Circle {
  readonly name: string;
  readonly officers: readonly Colleague[];
  readonly phones: readonly OtherPhone[];
}

export class Reading {
  private keys: Keys | null = null;
  private readonly read = new Map<Use, ReadKey>();
  task: Task | null = null;
  circle: Circle | null = null;

  constructor(
    private readonly ledger: Ledger,
    private readonly copy: () => ReadableCopy,
  ) {}

  key = (use: Use): ReadKey | null => this.read.get(use) ?? null;

  /** At unlocking: whatever has not ended. */
  async open(keys: Keys): Promise<void> {
    this.keys = keys;
    const { phone, store } = this.ledger;
    if (phone === null || phone.custody === "") return;
    const custody = readKey("custody", keys.agreement);
    const circle = (await store.get("meta", CIRCLE)) as Bytes | undefined;
    const kept = circle === undefined ? null : (JSON.parse(fromUtf8(await openWith(custody, circle, CIRCLE))) as Circle);
    const task = await this.whole("task", phone.lease);
    const own = await this.whole("own", phone.own);
    if (this.keys !== keys) return; // locked meanwhile
    this.read.set("custody", custody);
    this.circle = kept;
    if (own !== null) this.read.set("own", own);
    else await this.endOwn();
    if (task === null) {
      if (phone.lease !== null) await this.endTask();
      return;
    }
    const sealed = (await store.get("meta", TASK)) as Bytes | undefined;
    if (sealed === undefined || this.keys !== keys) return;
    this.read.set("task", task);
    this.task = JSON.parse(fromUtf8(await openWith(task, sealed, TASK))) as Task;
  }

  /** The key of a part; null where it has ended, or its part was overwritten and nothing was written down. */
  private async whole(use: "task" | "own", ending: Ending | null): Promise<ReadKey | null> {
    const { keys } = this;
    if (keys === null || ending === null) return null;
    const part = await this.ledger.machine.parts.read(PARTS[use]);
    if (part?.length !== PART) return null;
    const read = readKey(use, keys.agreement, part);
    return hex(read.publicKey) === ending.public ? read : null;
  }

  /** A key that nothing was sealed to before. */
  private async fresh(use: "task" | "own", keys: Keys): Promise<ReadKey> {
    const part = random(PART);
    const read = readKey(use, keys.agreement, part);
    await this.ledger.machine.parts.overwrite(PARTS[use], part);
    if (this.keys === keys) this.read.set(use, read); // else locked meanwhile
    return read;
  }

  /** What the node granted, in place of what it granted before. `first`: to another device than before. */
  async take(keys: Keys, grant: Grant, first: boolean): Promise<void> {
    const { ledger } = this;
    this.keys = keys;
    const old = first ? null : ledger.phone;
    if (first) this.read.clear();
    // A part of its own for each lease: what an earlier one sealed stays closed.
    const task = (old?.lease == null ? null : this.key("task")) ?? (await this.fresh("task", keys));
    const own = (old?.own == null ? null : this.key("own")) ?? (await this.fresh("own", keys));
    const custody = readKey("custody", keys.agreement);
    this.read.set("custody", custody);
    const circle: Circle = { name: grant.task.officer.name, officers: grant.task.officers, phones: grant.task.phones };
    const sealedTask = await sealTo(task.publicKey, utf8(JSON.stringify(grant.task)), TASK);
    const sealedCircle = await sealTo(custody.publicKey, utf8(JSON.stringify(circle)), CIRCLE);
    await ledger.alone(async () => {
      const time = ledger.counting.contact();
      const left = Math.max(grant.readFor, Math.min(OWN, grant.phone.until - grant.now));
      const phone: Phone = {
        ...grant.phone,
        lease: { until: time.counted + grant.readFor, public: hex(task.publicKey) },
        own: { until: time.counted + left, public: hex(own.publicKey) },
        custody: hex(custody.publicKey),
      };
      const changes: Change[] = [put("meta", "phone", phone), put("meta", TASK, sealedTask), put("meta", CIRCLE, sealedCircle)];
      changes.push(put("meta", "time", time));
      if (first) {
        changes.push(put("meta", "counters", { ...ledger.counters, references: {}, clock: 0 }), remove("meta", "visit"));
        // Another device's logs, numbers and seals are not this one's.
        const tables = ["records", "slips", "drafts", "offers", "logs", "subjects", "forms"] as const;
        changes.push(...tables.map((table): Change => ({ table, clear: true })));
      }
      await ledger.commit(changes);
    });
    if (this.keys !== keys) return;
    this.task = grant.task;
    this.circle = circle;
  }

  /** Ends what is over by the time that this phone counts. Capturing and custody go on. */
  async heed(): Promise<void> {
    const { ledger } = this;
    if (ledger.phone === null || ledger.phone.destroyed) return;
    const { counted } = ledger.counting.tick();
    const over = (ending: Ending | null) => ending !== null && counted >= ending.until;
    const [task, own] = [over(ledger.phone.lease), over(ledger.phone.own)];
    // What can be read is forgotten first, whatever fails afterwards.
    if (task) this.forgetTask();
    if (own) this.forgetOwn();
    if (own) await this.endOwn();
    if (task) await this.endTask();
  }

  /** Write down what was counted, so that a restart does not take it back. */
  async note(): Promise<void> {
    const { ledger } = this;
    await this.heed();
    if (ledger.phone === null || !ledger.counting.due) return;
    await ledger.alone(() => ledger.commit([put("meta", "time", ledger.counting.tick())]));
  }

  private forgetTask(): void {
    this.read.get("task")?.secret.fill(0);
    this.read.delete("task");
    this.task = null;
  }
  private forgetOwn(): void {
    this.read.get("own")?.secret.fill(0);
    this.read.delete("own");
    this.copy().dropOwn();
  }

  private async endTask(): Promise<void> {
    const { ledger } = this;
    this.forgetTask();
    await ledger.machine.parts.overwrite(PARTS.task, random(PART));
    await ledger.alone(async () => {
      if (ledger.phone === null) return;
      const rows = await ledger.store.all("records");
      const signed = rows.filter(([key]) => !isOnlyHere(ledger, key)).map(([key]) => remove("records", key));
      await ledger.commit([put("meta", "phone", { ...ledger.phone, lease: null }), remove("meta", TASK), ...signed]);
    });
  }

  /** Where the app is unlocked, what is recorded from now on is read again, under a key of its own. */
  private async endOwn(): Promise<void> {
    const { ledger } = this;
    this.forgetOwn();
    await ledger.machine.parts.overwrite(PARTS.own, random(PART));
    const next = this.keys === null ? null : await this.fresh("own", this.keys);
    await ledger.alone(async () => {
      if (ledger.phone === null) return;
      const prefix = sessionName("records");
      const sessions = (await ledger.store.all("meta")).filter(([key]) => key.startsWith(prefix));
      const own = next === null ? null : { until: ledger.counting.tick().counted + OWN, public: hex(next.publicKey) };
      await ledger.commit([
        put("meta", "phone", { ...ledger.phone, own }),
        ...sessions.map(([key]) => remove("meta", key)),
        { table: "records", clear: true },
        { table: "drafts", clear: true },
      ]);
    });
  }

  /** Locked: the keys are gone from memory. */
  forget(): void {
    this.keys = null;
    for (const { secret } of this.read.values()) secret.fill(0);
    this.read.clear();
    this.task = null;
    this.circle = null;
    this.copy().drop();
  }

  /** Everything, also what custody needs; the vault's keys are gone already. */
  async end(): Promise<void> {
    const { ledger } = this;
    this.forget();
    for (const part of Object.values(PARTS)) await ledger.machine.parts.overwrite(part, random(PART));
    await ledger.alone(async () => {
      if (ledger.phone === null) return;
      const sessions = (await ledger.store.all("meta")).filter(([key]) => key.startsWith("session "));
      const tables = ["records", "slips", "drafts", "offers"] as const;
      await ledger.commit([
        put("meta", "phone", { ...ledger.phone, lease: null, own: null, custody: "" }),
        remove("meta", TASK),
        remove("meta", CIRCLE),
        ...sessions.map(([key]) => remove("meta", key)),
        ...tables.map((table): Change => ({ table, clear: true })),
      ]);
    });
  }
}

const PARTS = { task: "lease", own: "own" } as const;
