/** What both ends of a custody hand-over show alike: four steps, and the words that both phones must show. */

import type { OfferedItem } from "../../core/field.ts";
import { t } from "../words/index.ts";
import type { Key } from "../words/index.ts";
import { fieldOf, optionsOf } from "./form.tsx";

const STEPS: readonly Key[] = ["custody.show", "custody.compare", "custody.seals", "custody.answer"];

export function Steps({ at }: { at: number }) {
  return (
    <ol class="steps">
      {STEPS.map((key, n) => <li key={key} aria-current={n + 1 === at ? "step" : undefined}>{`${n + 1} ${t(key)}`}</li>)}
    </ol>
  );
}

export function Words({ words, title, listed = false }: { words: readonly string[]; title?: string; listed?: boolean }) {
  return (
    <div class="tight">
      {title !== undefined && <div class="heading-row"><h2>{title}</h2><span class="second">{t("custody.aloud")}</span></div>}
      <ol class={listed ? "words listed" : "words"} translate={false}>
        {words.map((word, n) => <li key={n}>{listed && <small>{n + 1}</small>}{word}</li>)}
      </ol>
    </div>
  );
}

/** What kind of thing it is, in words. */
export function kindName(kind: string): string {
  const { codes } = fieldOf("exhibit.seize", "kind");
  return (codes === undefined ? undefined : optionsOf(codes, [kind])[0]?.label) ?? kind;
}

export function Items({ items }: { items: readonly OfferedItem[] }) {
  return (
    <ul class="list">
      {items.map((item) => (
        <li key={item.exhibit}><div class="grow"><p class="strong">{kindName(item.kind)}</p><p class="second">{[item.reference, item.seal].filter(Boolean).join(", ")}</p></div></li>
      ))}
    </ul>
  );
}
