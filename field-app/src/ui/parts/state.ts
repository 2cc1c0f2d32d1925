/** What all screens share: the field, where one is, and what is being written. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { Refusal } from "../../core/types.ts";
import type { Field, OwnRecord, Status, Task } from "../../core/field.ts";
import { known, t } from "../words/index.ts";

export interface Place {
  readonly screen: string;
  /** An entry or a subject that the screen is about; never in the page's address. */
  readonly about?: string;
}

export interface Ui {
  readonly field: Field;
  readonly status: Status;
  readonly task: Task | null;
  readonly place: Place;
  go(screen: string, about?: string): void;
  back(): void;
  /** To the start, with a line that is read aloud there. */
  home(message?: string): void;
  readonly message: string;
  readonly online: boolean;
  /** Minutes pass: what is drawn from it is drawn anew each half minute. */
  readonly now: number;
  setLanguage(code: string): void;
}

export const UiContext = createContext<Ui | null>(null);

export function useUi(): Ui {
  const ui = useContext(UiContext);
  if (ui === null) throw new Error("no field");
  return ui;
}

/**
 * What was typed and not saved. It lives in memory alone: locking hides it, going back keeps it, ending the
 * browser loses it, and the screens say so. What is typed while locked is kept apart.
 */
const drafts = new Map<string, unknown>();
const listening = new Set<() => void>();

export function isWriting(): boolean {
  return drafts.size > 0;
}
export function whenIdle(then: () => void): () => void {
  listening.add(then);
  return () => listening.delete(then);
}
export function forget(key: string): void {
  drafts.delete(key);
  if (drafts.size === 0) for (const listener of listening) listener();
}
export function forgetAll(prefix = ""): void {
  for (const key of [...drafts.keys()]) if (key.startsWith(prefix)) forget(key);
}

/** As `useState`, kept as a draft until `clear`. */
export function useDraft<T extends object>(key: string, empty: T): [T, (change: Partial<T>) => void, () => void] {
  const ui = useUi();
  const whole = `${ui.status.locked ? "locked:" : "open:"}${key}`;
  const [, redraw] = useState(0);
  const value = (drafts.get(whole) as T | undefined) ?? empty;
  const change = (part: Partial<T>): void => {
    drafts.set(whole, { ...((drafts.get(whole) as T | undefined) ?? empty), ...part });
    redraw((n) => n + 1);
  };
  const clear = (): void => {
    forget(whole);
    redraw((n) => n + 1);
  };
  return [value, change, clear];
}

/** Own records, read again when anything was captured or handed over. */
export function useRecords(): readonly OwnRecord[] | null {
  const { field, status } = useUi();
  const [records, setRecords] = useState<readonly OwnRecord[] | null>(null);
  useEffect(() => {
    let wanted = true;
    field.records().then(
      (found) => wanted && setRecords(found),
      () => wanted && setRecords([]),
    );
    return () => {
      wanted = false;
    };
  }, [field, status]);
  return records;
}

/** Whatever was thrown, in words for a person: the catalogue's where it has some for the refusal's code. */
export function wordsOf(problem: unknown): string {
  const key = problem instanceof Refusal ? `refusal.${problem.code}` : "";
  if (known(key)) return t(key);
  return problem instanceof Error && problem.message !== "" ? problem.message : String(problem);
}
