/** What this browser lacks, and what a phone can be asked for. */

import type { Status } from "../../core/field.ts";
import type { Key } from "../words/index.ts";

export interface Missing {
  readonly what: Key;
  readonly risk: Key;
}

/** Each with what it risks; in the order in which it matters. */
export function missing(status: Status): Missing[] {
  const found: Missing[] = [];
  const lacks = (is: boolean, name: string): void => {
    if (is) found.push({ what: `browser.${name}` as Key, risk: `browser.${name}-risk` as Key });
  };
  lacks(typeof navigator.storage?.getDirectory !== "function", "opfs");
  lacks(!status.storage.installed, "installed");
  lacks(!status.storage.persisted, "persisted");
  lacks(!("serviceWorker" in navigator), "worker");
  lacks(navigator.mediaDevices?.getUserMedia === undefined, "camera");
  lacks(!("geolocation" in navigator), "position");
  lacks(!("SyncManager" in globalThis), "sync");
  return found;
}

export interface Position {
  readonly lat: number;
  readonly lon: number;
  readonly within: number;
}

const PATIENCE = 30_000;

/** Where the phone is; refused or too late is an answer too. */
export function position(): Promise<Position> {
  return new Promise((resolve, reject) => {
    if (!("geolocation" in navigator)) {
      reject(new Error("none"));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, within: Math.ceil(coords.accuracy) }),
      reject,
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 60_000 },
    );
  });
}

/** Asks to be woken when there is a network again, where the browser can. */
export async function askForSync(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const sync = (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
  await sync?.register("hand-over").catch(() => undefined);
}
