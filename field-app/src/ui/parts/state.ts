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
 * What was typed and not saved, by name: in memory, and sealed on the disk a moment later (`Field.keepDraft`).
 * Locking hides it, going back keeps it, ending the browser loses what was typed last. What is typed while locked
 * has a name of its own, and is there again once the app is unlocked.
 */
interface Draft {
  readonly place: Place;
  readonly value: object;
}
const drafts = new Map<string, Draft>();
const listening = new Set<() => void>();
/** Names of those whose forms are on the screen. */
const shown = new Set<string>();
const waiting = new Map<string, { readonly field: Field; readonly timer: ReturnType<typeof setTimeout> }>();
const SOON = 300;
const OPEN = "open:";
const CARRIED = "carried:";
const LOCKED = "locked:";
/** Another start is another name: what was typed before it cannot be read until the app is unlocked. */
const START = Math.random().toString(36).slice(2);

export function isWriting(): boolean {
  return drafts.size > 0;
}
export function whenIdle(then: () => void): () => void {
  listening.add(then);
  return () => listening.delete(then);
}
function forget(name: string): void {
  hold([name]);
  drafts.delete(name);
  if (drafts.size === 0) for (const listener of listening) listener();
}
export function forgetAll(): void {
  for (const name of [...drafts.keys()]) forget(name);
  carrying.clear();
}

/** At unlocking: those that an earlier start left. */
export function resume(field: Field): void {
  for (const { name, content } of field.unfinished()) {
    if (name.startsWith(CARRIED)) {
      if (!carrying.has(name)) carrying.set(name, content as Carried);
    } else if (!drafts.has(name)) drafts.set(name, content as Draft);
  }
}
/** Forms, each with the names of what it is kept under: what was typed, its photos. */
export function unsaved(): readonly { readonly name: string; readonly names: readonly string[]; readonly place: Place }[] {
  const forms = new Map<string, { name: string; names: string[]; place: Place }>();
  for (const [name, { place }] of drafts) {
    const form = `${name.slice(0, name.lastIndexOf(":"))} ${place.screen} ${place.about ?? ""}`;
    forms.set(form, { name: form, names: [...(forms.get(form)?.names ?? []), name], place });
  }
  return [...forms.values()];
}
/** Gone from the screen only once it is gone from the disk: what was dropped is not there again after a kill. */
export async function dropDrafts(field: Field, names: readonly string[]): Promise<void> {
  hold(names);
  for (const name of names) {
    await field.dropDraft(name).catch(() => undefined);
    forget(name);
  }
}

/** Not written to the disk from here on, and which they are: the core erases them with what they become. */
export function hold(names: readonly string[] = [...shown]): readonly string[] {
  for (const name of names) {
    clearTimeout(waiting.get(name)?.timer);
    waiting.delete(name);
  }
  return names;
}
/** A little after the first change, whatever is typed on. */
export function keepSoon(field: Field, name: string): void {
  if (waiting.has(name)) return;
  waiting.set(name, { field, timer: setTimeout(() => keep(name), SOON) });
}
function keep(name: string): void {
  const field = waiting.get(name)?.field;
  hold([name]);
  const draft = drafts.get(name);
  if (draft !== undefined) field?.keepDraft(name, draft).catch(() => undefined);
}
if (typeof document !== "undefined") {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const name of [...waiting.keys()]) keep(name);
  });
}

/** Unlocked, the draft that is open comes before one that was typed while locked. */
function nameOf(key: string, locked: boolean): string {
  if (locked) return `${LOCKED}${START}:${key}`;
  if (drafts.has(OPEN + key)) return OPEN + key;
  return [...drafts.keys()].find((name) => name.startsWith(LOCKED) && name.endsWith(`:${key}`)) ?? OPEN + key;
}

/** As `useState`, kept as a draft until `clear`. */
export function useDraft<T extends object>(key: string, empty: T): [T, (change: Partial<T>) => void, () => void] {
  const { field, status, place } = useUi();
  const name = nameOf(key, status.locked);
  const [, redraw] = useState(0);
  useEffect(() => {
    shown.add(name);
    return () => {
      shown.delete(name);
    };
  }, [name]);
  const value = (drafts.get(name)?.value as T | undefined) ?? empty;
  const change = (part: Partial<T>): void => {
    drafts.set(name, { place, value: { ...((drafts.get(name)?.value as T | undefined) ?? empty), ...part } });
    keepSoon(field, name);
    redraw((n) => n + 1);
  };
  const clear = (): void => {
    forget(name);
    field.dropDraft(name).catch(() => undefined);
    redraw((n) => n + 1);
  };
  return [value, change, clear];
}

/** What goes on from one item to the next, sealed as drafts are; it is nothing unsaved. */
interface Carried {
  readonly task: string;
  readonly value: object;
}
const carrying = new Map<string, Carried>();

/** Another team, site or window is another task; '' where no site is known. */
export function taskKey(task: Task | null): string {
  return task === null || task.site === null ? "" : [task.team?.id, task.site.id, task.window?.begins].join(" ");
}

/** Of the same task alone. Where no site is known, as long as the screen stays: one may be elsewhere afterwards. */
export function useCarried<T extends object>(key: string): [T | null, (value: T) => void] {
  const { field, task } = useUi();
  const name = CARRIED + key;
  const of = taskKey(task);
  const [here, setHere] = useState<Carried | null>(null);
  const last = here ?? (of === "" ? null : (carrying.get(name) ?? null));
  const carry = (value: T): void => {
    const carried = { task: of, value };
    setHere(carried);
    if (of === "") return;
    carrying.set(name, carried);
    field.keepDraft(name, carried).catch(() => undefined);
  };
  return [last?.task === of ? (last.value as T) : null, carry];
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
