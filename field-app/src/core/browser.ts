/** The machine that a browser is. */

import type { Bytes } from "../codec/bytes.ts";
import { IdbStore } from "./idb.ts";
import type { Machine, PartName, Parts, Reply, Room } from "./machine.ts";
import type { PartAnswer, PartAsked } from "./part-worker.ts";

const LOCK = "libertad-field";
/** A hand-over of 64 kB at 10 kbit/s takes a minute; a link that gives nothing for so long has ended. */
const PATIENCE = 120_000;

class FileParts implements Parts {
  private worker: Worker | null = null;
  private readonly asked = new Map<number, { resolve: (part: Bytes | null) => void; reject: (why: Error) => void }>();
  private count = 0;

  read(name: PartName): Promise<Bytes | null> {
    return this.ask({ name });
  }
  async overwrite(name: PartName, part: Bytes): Promise<void> {
    await this.ask({ name, part });
  }

  private ask(what: Omit<PartAsked, "id">): Promise<Bytes | null> {
    this.worker ??= this.start();
    const id = ++this.count;
    const answer = new Promise<Bytes | null>((resolve, reject) => this.asked.set(id, { resolve, reject }));
    this.worker.postMessage({ ...what, id });
    return answer;
  }

  private start(): Worker {
    const worker = new Worker(new URL("./part-worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent<PartAnswer>) => {
      const { id, part, error } = event.data;
      const waiting = this.asked.get(id);
      this.asked.delete(id);
      if (error === "") waiting?.resolve(part);
      else waiting?.reject(new Error(error));
    };
    worker.onerror = () => {
      for (const waiting of this.asked.values()) waiting.reject(new Error("the worker ended"));
      this.asked.clear();
      this.worker = null;
    };
    return worker;
  }
}

export function browserMachine(): Machine {
  return {
    store: new IdbStore(),
    parts: new FileParts(),
    unfit: unfit(),
    exclusive: (name, work) => navigator.locks.request(`${LOCK} ${name}`, work) as ReturnType<typeof work>,
    hold,
    now: () => Date.now(),
    elapsed: () => performance.now(),
    send,
    room,
    onReturn,
    later(milliseconds, call) {
      const timer = setTimeout(call, milliseconds);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

function unfit(): string {
  const there =
    "storage" in navigator &&
    typeof navigator.storage.getDirectory === "function" &&
    "locks" in navigator &&
    typeof Worker !== "undefined";
  return there ? "" : "this browser has no storage that can be overwritten; use Chrome 109, Firefox 111 or Safari 17, or newer";
}

function hold(name: string, got: () => void, waits: () => void): () => void {
  const waiting = new AbortController();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const keep = () => {
    got();
    return held;
  };
  const lock = `${LOCK} ${name}`;
  navigator.locks
    .request(lock, { ifAvailable: true }, (free) => {
      if (free !== null) return keep();
      waits();
      navigator.locks.request(lock, { signal: waiting.signal }, keep).catch(() => undefined); // given up
      return undefined;
    })
    .catch(waits);
  return () => {
    release();
    waiting.abort();
  };
}

async function send(path: string, body?: Bytes): Promise<Reply> {
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    ...(body === undefined ? {} : { body, headers: { "Content-Type": "application/octet-stream" } }),
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const after = Number(answer.headers.get("Retry-After") ?? "0");
  return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()), after: after > 0 ? after : 0 };
}

async function room(): Promise<Room> {
  const [persisted, estimate] = await Promise.all([navigator.storage.persisted(), navigator.storage.estimate()]);
  const installed = matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches;
  return { persisted, installed, quota: estimate.quota ?? 0, used: estimate.usage ?? 0 };
}

function onReturn(call: () => void): () => void {
  const visible = () => {
    if (document.visibilityState === "visible") call();
  };
  addEventListener("online", call);
  document.addEventListener("visibilitychange", visible);
  return () => {
    removeEventListener("online", call);
    document.removeEventListener("visibilitychange", visible);
  };
}
