/**
 * Writes the parts in place. A sync access handle alone does that, and browsers give it to workers alone: what
 * `createWritable` writes goes to another file, which takes the first one's place and leaves its bytes behind.
 */

import type { Bytes } from "../codec/bytes.ts";
import type { PartName } from "./machine.ts";

export interface PartAsked {
  readonly id: number;
  readonly name: PartName;
  /** What is written; without it the part is read. */
  readonly part?: Bytes;
}

export interface PartAnswer {
  readonly id: number;
  readonly part: Bytes | null;
  readonly error: string;
}

interface Access {
  read(into: Uint8Array, place: { at: number }): number;
  write(from: Uint8Array, place: { at: number }): number;
  getSize(): number;
  flush(): void;
  close(): void;
}
interface Handle {
  createSyncAccessHandle(): Promise<Access>;
}

let queue: Promise<void> = Promise.resolve();

addEventListener("message", (event: MessageEvent<PartAsked>) => {
  const { id } = event.data;
  const tell = (answer: PartAnswer) => {
    postMessage(answer);
  };
  queue = queue.then(() =>
    answered(event.data).then(
      (part) => {
        tell({ id, part, error: "" });
      },
      (why: unknown) => {
        tell({ id, part: null, error: String(why) });
      },
    ),
  );
});

async function answered({ name, part }: PartAsked): Promise<Bytes | null> {
  const folder = await navigator.storage.getDirectory();
  const file: unknown = await folder.getFileHandle(`${name}.part`, { create: true });
  const access = await (file as Handle).createSyncAccessHandle();
  try {
    if (part === undefined) {
      const size = access.getSize();
      if (size === 0) return null;
      const held = new Uint8Array(size);
      access.read(held, { at: 0 });
      return held;
    }
    if (access.write(part, { at: 0 }) !== part.length) throw new Error("the part was not written whole");
    access.flush();
    return null;
  } finally {
    access.close();
  }
}
