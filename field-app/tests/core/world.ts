/** A node and phones in memory, with a clock that a test sets. */

import { MemoryMachine, MemoryParts, MemoryStore } from "../../src/core/memory.ts";
import { Phone } from "../../src/core/phone.ts";
import { Refusal } from "../../src/core/types.ts";
import { hex } from "../../src/codec/bytes.ts";
import { Node } from "./node.ts";

export const PASSPHRASE = "river stone lamp orbit quiet maple";
export const QUICK = { memory: 8, passes: 1, lanes: 1 };

export class World {
  time = Date.UTC(2026, 10, 30, 12);
  readonly now = () => this.time;
  /** What ran, whatever the clock was set to. */
  ran = 0;
  readonly elapsed = () => this.ran;
  readonly node = new Node(this.now);

  machine(store = new MemoryStore(), parts = new MemoryParts()): MemoryMachine {
    return new MemoryMachine((path, body) => this.node.send(path, body), this.now, store, parts, this.elapsed);
  }

  /** While the app runs. */
  pass(milliseconds: number): void {
    this.time += milliseconds;
    this.ran += milliseconds;
  }

  open(machine: MemoryMachine, manual = true): Promise<Phone> {
    return Phone.open(machine, { cost: QUICK, manual });
  }

  async enrolled(officer = 0, machine = this.machine()): Promise<{ phone: Phone; machine: MemoryMachine }> {
    const phone = await this.open(machine);
    await phone.enrol(phone.readCode(this.node.code(officer)), hex(this.node.public), PASSPHRASE);
    return { phone, machine };
  }

  /** As after a crash: what the disk has, and nothing of the memory. */
  restarted(machine: MemoryMachine, manual = true): Promise<Phone> {
    return this.open(this.machine(machine.store.copy(), machine.parts), manual);
  }
}

export async function refusal(work: Promise<unknown> | (() => unknown)): Promise<Refusal> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (why) {
    if (why instanceof Refusal) return why;
    throw why;
  }
  throw new Error("it was not refused");
}

export const PERSON = { name: [{ text: "Zoraida" }], language: ["spa"], danger: "no" };
export const EXHIBIT = { kind: "mobile-phone", description: "Black phone, cracked", where_found: "hut 2" };
