/**
 * The app without a network: what was kept is answered, nothing else of it is asked for.
 *
 * Workbox's precaching does the same in four times the bytes; what is particular here is that a new version
 * waits until the page says that nothing is being written.
 */

interface Kept {
  readonly page: string;
  readonly first: readonly string[];
  readonly later: readonly string[];
  readonly version: string;
}

declare const __KEPT__: Kept;
const KEPT = __KEPT__;
const CACHE = `daybook-${KEPT.version}`;
const worker = self as unknown as WorkerScope;

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waits {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(): Promise<readonly { postMessage(message: unknown): void }[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: "fetch", listen: (event: Fetching) => void): void;
  addEventListener(type: "message", listen: (event: MessageEvent & Waits) => void): void;
  addEventListener(type: "sync", listen: (event: Waits & { readonly tag: string }) => void): void;
  addEventListener(type: string, listen: (event: Waits) => void): void;
}

const address = (name: string): string => new URL(name === KEPT.page ? "." : name, worker.registration.scope).href;

async function keep(names: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const name of names) {
    const there = await cache.match(address(name));
    if (there === undefined) await cache.add(new Request(address(name), { cache: "no-cache", redirect: "error" }));
  }
}

async function forgetOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("daybook-") && name !== CACHE).map((name) => caches.delete(name)));
}

worker.addEventListener("install", (event) => event.waitUntil(keep(KEPT.first)));
worker.addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => worker.clients.claim())));

worker.addEventListener("message", (event) => {
  if (event.data === "use-new") event.waitUntil(worker.skipWaiting());
  // Failing is no harm: the next start asks again.
  if (event.data === "keep-later") event.waitUntil(keep(KEPT.later).catch(() => undefined));
});

// Whoever holds the keys hands over: the worker has none, so it wakes the page where one is open.
worker.addEventListener("sync", (event) => {
  if (event.tag !== "hand-over") return;
  event.waitUntil(worker.clients.matchAll().then((pages) => pages.forEach((page) => page.postMessage("hand-over"))));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const asked = new URL(request.url);
  const scope = new URL(worker.registration.scope);
  const inside = asked.origin === scope.origin && asked.pathname.startsWith(scope.pathname);
  const api = asked.pathname.startsWith(`${scope.pathname}api/`);
  if (request.method !== "GET" || !inside || api) return;
  const wanted = request.mode === "navigate" ? address(KEPT.page) : request.url;
  event.respondWith(
    caches.open(CACHE).then(async (cache) => (await cache.match(wanted)) ?? fetch(request)),
  );
});
