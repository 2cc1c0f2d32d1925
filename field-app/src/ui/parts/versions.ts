/** The service worker: kept up to date, and a new version told of, never forced. */

import { useEffect, useState } from "preact/hooks";

let use: (() => void) | null = null;
const listening = new Set<() => void>();

function found(waiting: ServiceWorker): void {
  use = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("use-new");
  };
  for (const listener of listening) listener();
}

/** Registers the worker; `onSync` when the browser says that there is a network again. */
export async function serve(address: string, onSync: () => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(address, { updateViaCache: "none" });
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "hand-over") onSync();
  });
  if (registration.waiting !== null && navigator.serviceWorker.controller !== null) found(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const installing = registration.installing;
    installing?.addEventListener("statechange", () => {
      // The first worker of all has no older one to wait for.
      if (installing.state === "installed" && navigator.serviceWorker.controller !== null) found(installing);
    });
  });
  const ready = await navigator.serviceWorker.ready;
  ready.active?.postMessage("keep-later");
}

/** Goes over to the new version; null where there is none. */
export function useNew(): (() => void) | null {
  const [ready, setReady] = useState<(() => void) | null>(() => use);
  useEffect(() => {
    const listener = (): void => setReady(() => use);
    listening.add(listener);
    return () => {
      listening.delete(listener);
    };
  }, []);
  return ready;
}
