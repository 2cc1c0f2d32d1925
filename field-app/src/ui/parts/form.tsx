/** A form from the vocabulary: label, help, code list and length of each field come from forms.json. */

import { useRef, useState } from "preact/hooks";
import type { Json } from "../../codec/json.ts";
import type { SayOptions, Saved } from "../../core/field.ts";
import { check, codes, form } from "../../forms/forms.ts";
import type { Field as VocabularyField, Values } from "../../forms/forms.ts";
import { codeLabel, label, t } from "../words/index.ts";
import { Chips, Choice, Pick, Text } from "./controls.tsx";
import type { Option, Wrong } from "./controls.tsx";
import { askForSync } from "./device.ts";
import { hold, keepSoon, useDraft, useUi, wordsOf } from "./state.ts";

export type Shown = Readonly<Record<string, string | readonly string[]>>;

const FEW = 4;
const SOME = 14;

export function optionsOf(list: string, only?: readonly string[]): Option[] {
  const known = codes(list);
  return (only ?? Object.keys(known)).map((value) => ({ value, label: codeLabel(list, value, known[value] ?? value) }));
}

export function fieldOf(verb: string, name: string): VocabularyField {
  const found = form(verb).fields.find((field) => field.name === name);
  if (found === undefined) throw new Error(`${verb} has no ${name}`);
  return found;
}

export function labelOf(verb: string, name: string): string {
  const field = form(verb).fields.find((each) => each.name === name);
  return field?.label === undefined ? "" : label(field.label);
}

interface OneField {
  readonly verb: string;
  readonly name: string;
  readonly value: string | readonly string[];
  readonly error?: string | undefined;
  readonly only?: readonly string[];
  readonly label?: string;
  readonly aside?: string | undefined;
  readonly onChange: (value: string | readonly string[]) => void;
}

export function FieldOf({ verb, name, value, error, only, onChange, label: ownLabel, aside }: OneField) {
  const field = fieldOf(verb, name);
  const help = field.help === undefined ? undefined : label(field.help);
  const about = { name, label: ownLabel ?? label(field.label ?? name), aside, help, error };
  const text = typeof value === "string" ? value : "";
  if (field.codes !== undefined) {
    const options = optionsOf(field.codes, only);
    if (field.many === true && options.length <= SOME) {
      return <Chips {...about} options={options} values={typeof value === "string" ? [] : value} onChange={onChange} />;
    }
    if (options.length > SOME) return <Pick {...about} options={options} value={text} onChange={onChange} />;
    const wordy = options.some((option) => option.label.length > 16);
    const shape = options.length <= FEW && !wordy ? "segments" : "chips";
    return <Choice {...about} options={options} value={text} onChange={onChange} shape={shape} />;
  }
  if (field.type === "flag") {
    const options = [{ value: "yes", label: t("form.yes") }, { value: "no", label: t("form.no") }];
    return <Choice {...about} options={options} value={text} onChange={onChange} />;
  }
  const lines = (field.longest ?? 0) >= 300;
  const numeric = field.type === "number" || field.type === "fraction";
  return <Text {...about} value={text} onChange={onChange} longest={field.longest} lines={lines} numeric={numeric} />;
}

/** What was typed, as the vocabulary holds it; left out where it is empty. */
export function valuesOf(verb: string, shown: Shown): Values {
  const values: Record<string, Json> = {};
  for (const field of form(verb).fields) {
    const held = shown[field.name];
    if (held === undefined || held === "" || (typeof held !== "string" && held.length === 0)) continue;
    const text = typeof held === "string" ? held.trim() : "";
    if (field.type === "flag") values[field.name] = text === "yes";
    else if (field.type === "number" || field.type === "fraction") values[field.name] = numberOf(text);
    else if (field.type === "PersonName") values[field.name] = [{ text }];
    else if (field.many === true) values[field.name] = typeof held === "string" ? [text] : [...held];
    else values[field.name] = text;
  }
  return values;
}

/** '2,4' and '2.4' are the same; what is no number is left for `check` to refuse. */
export function numberOf(text: string): number {
  return Number(text.replace(",", "."));
}

/** The vocabulary's own refusals, before the core is asked; fields that the core adds are not asked here. */
export function wrongOf(verb: string, values: Values, asked: readonly string[]): Wrong[] {
  const odd = Object.entries(values).filter(([, value]) => typeof value === "number" && Number.isNaN(value));
  const found = odd.map(([field]) => ({ field, message: t("form.no-number") }));
  const refused = check(verb, values).filter(({ field }) => asked.includes(field) && !odd.some(([name]) => name === field));
  return [...found, ...refused.map(({ field, message, limit }) => ({ field, message: label(message).replace("%(most)s", String(limit)) }))];
}

export interface Saving {
  readonly wrong: readonly Wrong[];
  readonly busy: boolean;
  setWrong(wrong: readonly Wrong[]): void;
  /** Saved once, however often it is pressed; a refusal keeps what was typed. */
  save(work: (options: SayOptions) => Promise<Saved | readonly Saved[]>, then: (saved: Saved) => void): void;
}

export function useSaving(): Saving {
  const { field } = useUi();
  const [wrong, setWrong] = useState<readonly Wrong[]>([]);
  const [busy, setBusy] = useState(false);
  const once = useRef(field.newForm());
  const running = useRef(false);
  const save: Saving["save"] = (work, then) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setWrong([]);
    const drafts = hold();
    work({ form: once.current, drafts }).then(
      (saved) => {
        running.current = false;
        once.current = field.newForm();
        setBusy(false);
        const first = (Array.isArray(saved) ? saved[0] : saved) as Saved | undefined;
        void askForSync();
        if (first !== undefined) then(first);
      },
      (problem: unknown) => {
        running.current = false;
        setBusy(false);
        for (const name of drafts) keepSoon(field, name);
        const about = problem instanceof Error && "field" in problem ? String(problem.field) : "";
        setWrong([{ field: about, message: wordsOf(problem) }]);
      },
    );
  };
  return { wrong, busy, setWrong, save };
}

export { useDraft };
