/** Every word of the screens. A language is a catalogue with the same keys; the compiler holds it to them. */

import { en } from "./en.ts";

export type Key = keyof typeof en;
export type Catalogue = Readonly<Record<Key, string>>;
export type Parameters = Readonly<Record<string, string | number>>;
/** `vocabulary`: labels of forms and code lists, by their English text; without one, English is shown. */
export interface Language {
  readonly words: Catalogue;
  readonly vocabulary: Readonly<Record<string, string>>;
}

export const LANGUAGES = { en: "English", es: "Español", pt: "Português", fr: "Français" } as const;
export type Code = keyof typeof LANGUAGES;
const KEPT_AS = "daybook-language";

const ENGLISH: Language = { words: en, vocabulary: {} };
let chosen: Code = "en";
let current: Language = ENGLISH;

export function isCode(text: string): text is Code {
  return text in LANGUAGES;
}

async function load(code: Code): Promise<Language> {
  switch (code) {
    case "en":
      return ENGLISH;
    case "es":
      return (await import("./es.ts")).es;
    case "pt":
      return (await import("./pt.ts")).pt;
    case "fr":
      return (await import("./fr.ts")).fr;
  }
}

/** Shows the language from the next drawing on. Refused where its words are not on this phone yet. */
export async function choose(code: Code): Promise<void> {
  current = await load(code);
  chosen = code;
  document.documentElement.lang = code;
  try {
    localStorage.setItem(KEPT_AS, code);
  } catch {
    // A browser that keeps nothing asks again.
  }
}

/** As chosen before, else as the browser is set, else English. */
export function preferred(): Code {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT_AS);
  } catch {
    // as above
  }
  const wished = [kept ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2));
  return wished.find(isCode) ?? "en";
}

export function language(): Code {
  return chosen;
}

/** Whether it is a key at all: for keys that are put together. */
export function known(key: string): key is Key {
  return key in en;
}

function filled(text: string, parameters: Parameters): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

export function t(key: Key, parameters: Parameters = {}): string {
  return filled(current.words[key], parameters);
}

/** 'one | several', chosen by the number that `n` stands for. */
export function many(key: Key, n: number, parameters: Parameters = {}): string {
  const [single = "", several = single] = current.words[key].split(" | ");
  const form = new Intl.PluralRules(chosen).select(n) === "one" ? single : several;
  return filled(form, { n, ...parameters });
}

/** A label of the vocabulary. */
export function label(english: string): string {
  return current.vocabulary[english] ?? english;
}

const named = (type: "region" | "language" | "currency", code: string, english: string): string => {
  try {
    return new Intl.DisplayNames(chosen, { type, fallback: "none" }).of(code) ?? english;
  } catch {
    return english;
  }
};

/** A code's label: countries, languages and currencies as the browser names them. */
export function codeLabel(list: string, code: string, english: string): string {
  if (chosen === "en") return english;
  if (list === "countries") return named("region", code, english);
  if (list === "languages") return named("language", code, english);
  if (list === "currencies") return named("currency", code, english);
  return label(english);
}
