/** Locks when nobody has touched the phone for five minutes (assumed; no source gives a number). */

import { useEffect } from "preact/hooks";
import type { Field } from "../../core/field.ts";
import { MINUTE } from "../times.ts";

export const IDLE = 5 * MINUTE;
const LOOK = 5_000;
const TOUCHES = ["pointerdown", "keydown", "scroll"] as const;

export function useIdleLock(field: Field, on: boolean): void {
  useEffect(() => {
    if (!on) return undefined;
    // The clock may be set back while it waits: what counts is the time since the page began.
    let last = performance.now();
    const touched = (): void => {
      if (performance.now() - last < IDLE) last = performance.now();
    };
    const look = (): void => {
      if (performance.now() - last >= IDLE) field.lock();
    };
    const timer = setInterval(look, LOOK);
    for (const touch of TOUCHES) addEventListener(touch, touched, { capture: true, passive: true });
    // A browser stops timers of a page in the background: it is asked again before anything is shown.
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      for (const touch of TOUCHES) removeEventListener(touch, touched, { capture: true });
      document.removeEventListener("visibilitychange", look);
    };
  }, [field, on]);
}
