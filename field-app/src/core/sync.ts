/** Background Sync, where a browser has it: the service worker hands over while no page is open. */

import { browserMachine } from "./browser.ts";
import { Phone } from "./phone.ts";
import type { HandOverReport } from "./types.ts";

export const SYNC = "libertad-field-hand-over";

interface SyncManager {
  register(tag: string): Promise<void>;
}

/** From the page, after something was captured. False where the browser has none: then pages hand over alone. */
export async function askForSync(registration: ServiceWorkerRegistration): Promise<boolean> {
  if (!("sync" in registration)) return false;
  try {
    await (registration.sync as SyncManager).register(SYNC);
    return true;
  } catch {
    return false; // not allowed here
  }
}

/**
 * In the service worker, on its `sync` event. It needs no keys: what waits is sealed and signed. Where a page is
 * open, that page hands over. Rejects where something is left, so that the browser tries again.
 */
export async function handOverInBackground(): Promise<HandOverReport> {
  const phone = await Phone.open({ ...browserMachine(), onReturn: () => () => undefined }, { manual: true });
  try {
    const report = await phone.handOver();
    if (report.outcome === "cut" || report.outcome === "waits") throw new Error(report.problem);
    return report;
  } finally {
    await phone.close();
  }
}
