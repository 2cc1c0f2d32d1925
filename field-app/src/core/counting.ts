/**
 * Time as this phone counts it: it never falls, whatever the clock is set to.
 *
 * While the app runs the monotonic clock counts; where the clock has gone further than that (a phone that slept),
 * the clock does. Across a restart the clock counts from the last noted moment on, and where it stands before that
 * moment each start costs a quarter of an hour.
 */

import type { Machine } from "./machine.ts";

/** meta 'time': what was counted (ms), the latest that the clock has shown, and how far it was set back since contact. */
export interface Noted {
  readonly counted: number;
  readonly latest: number;
  readonly moved: number;
}

/** Of each start with a clock that stands before the last noted moment. */
export const START = 15 * 60_000;
const NOTED = 60_000;
/** Corrections of a clock by less are told to nobody. */
const NEAR = 2 * 60_000;

export class Counting {
  private here: Noted = { counted: 0, latest: 0, moved: 0 };
  private written: Noted | null = null;
  private ran = 0;

  constructor(private readonly machine: Pick<Machine, "now" | "elapsed">) {}

  /** At each start, from what was noted. */
  begin(noted: Noted | undefined): void {
    this.ran = this.machine.elapsed();
    this.written = noted ?? null;
    const now = this.machine.now();
    if (noted === undefined) this.here = { counted: 0, latest: now, moved: 0 };
    else {
      this.here = now < noted.latest ? { ...noted, counted: noted.counted + START } : noted;
      this.tick();
    }
  }

  tick(): Noted {
    const [now, ran] = [this.machine.now(), this.machine.elapsed()];
    const { counted, latest, moved } = this.here;
    const passed = Math.max(0, ran - this.ran, now - latest);
    const back = latest - now;
    this.ran = ran;
    this.here = { counted: counted + passed, latest: Math.max(latest, now), moved: back > NEAR ? Math.max(moved, back) : moved };
    return this.here;
  }

  /** The node has told its time: the clock counts from where it stands now. */
  contact(): Noted {
    this.here = { ...this.tick(), latest: this.machine.now(), moved: 0 };
    return this.here;
  }

  /** More was counted than is written down. */
  get due(): boolean {
    const { counted, moved } = this.tick();
    return this.written === null || counted >= this.written.counted + NOTED || moved !== this.written.moved;
  }

  /** It is on the disk. */
  noted(what: Noted): void {
    this.written = what;
  }
}
