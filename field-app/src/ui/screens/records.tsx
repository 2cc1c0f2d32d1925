/** My records: what this phone captured, where each is by now, and its correction by a new entry. */

import type { Json } from "../../codec/json.ts";
import { codes, form } from "../../forms/forms.ts";
import type { OwnRecord } from "../../core/field.ts";
import { clock, dayAndClock } from "../times.ts";
import { codeLabel, label, known, many, t } from "../words/index.ts";
import type { Key } from "../words/index.ts";
import { Errors, Text } from "../parts/controls.tsx";
import { FieldOf, labelOf, useDraft, useSaving, valuesOf, wrongOf } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { kindName } from "../parts/custody.tsx";
import { useRecords, useUi } from "../parts/state.ts";

export function verbName(verb: string): string {
  const key = `verb.${verb}`;
  return known(key) ? t(key) : verb;
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((item: Json) => textOf(item)).filter(Boolean).join(", ");
  if (typeof value === "object") {
    const parts = value as Readonly<Record<string, Json>>;
    if (typeof parts["text"] === "string") return parts["text"];
    if (typeof parts["denomination"] === "string") return `${String(parts["pieces"])} × ${parts["denomination"]} ${String(parts["currency"])}`;
    if (parts["age_from"] != null) return `${String(parts["age_from"])}–${String(parts["age_to"])}`;
    return String(value).startsWith("[object") ? Object.values(parts).map(textOf).filter(Boolean).join(", ") : String(value);
  }
  return String(value);
}

/** A person's name as called, with the phone's reference. */
export function nameOf(record: OwnRecord): string {
  const called = textOf(record.values["name"]);
  return [called || t("person.no-name"), record.reference].filter(Boolean).join(", ");
}

function headline(record: OwnRecord): string {
  if (record.slip) return [verbName(record.verb), record.verb.startsWith("exhibit.") ? kindName(textOf(record.values["kind"])) : ""].filter(Boolean).join(": ");
  const about = textOf(record.values["name"]) || textOf(record.values["description"]) || textOf(record.values["label"]) || textOf(record.values["words"]);
  return [verbName(record.verb), about.length > 60 ? `${about.slice(0, 60)} …` : about].filter(Boolean).join(": ");
}

function sealOf(record: OwnRecord): string {
  const seal = textOf(record.values["number"]);
  return seal === "" ? "" : t("records.seal", { seal });
}

const DELIVERY: Readonly<Record<OwnRecord["delivery"], { icon: "done" | "not-yet" | "half" | "warning"; key: Key }>> = {
  unsigned: { icon: "not-yet", key: "records.unsigned" },
  unsent: { icon: "not-yet", key: "records.unsent" },
  delivered: { icon: "done", key: "records.delivered" },
  held: { icon: "half", key: "records.held" },
  refused: { icon: "warning", key: "records.refused" },
};

export function Records() {
  const { go } = useUi();
  const records = useRecords();
  return (
    <Frame title={t("records.title")} second={records === null ? undefined : many("start.records", records.length)}>
      <section class="part">
        <div class="heading-row"><p class="second">{t("records.text")}</p><Generated /></div>
        {records?.length === 0 && <p class="part">{t("records.none")}</p>}
        <ul class="list">
          {(records ?? []).map((record) => (
            <li key={record.entry}>
              <Icon name={DELIVERY[record.delivery].icon} size={22} />
              <div class="grow">
                {record.slip ? <p class="strong">{headline(record)}</p> : <button type="button" class="link" onClick={() => go("record", record.entry)}>{headline(record)}</button>}
                <p class="second">{[record.reference, record.slip ? sealOf(record) : dayAndClock(record.at), record.slip ? t("records.slip") : "", t(DELIVERY[record.delivery].key)].filter(Boolean).join(", ")}</p>
                {record.why !== "" && <p class="second">{record.why}</p>}
              </div>
            </li>
          ))}
        </ul>
      </section>
    </Frame>
  );
}

function useRecord(): OwnRecord | null {
  const { place } = useUi();
  return (useRecords() ?? []).find((record) => record.entry === place.about) ?? null;
}

export function RecordPage() {
  const { go } = useUi();
  const record = useRecord();
  if (record === null || record.slip) return <Frame title={t("records.title")}><p class="part second">{t("records.gone")}</p></Frame>;
  const fields = form(record.verb).fields.filter((field) => textOf(record.values[field.name]) !== "" && field.label !== undefined);
  return (
    <Frame title={verbName(record.verb)} second={[record.reference, clock(record.at)].filter(Boolean).join(", ")} bottom={<button type="button" class="act" onClick={() => go("correct", record.entry)}>{t("records.correct")}</button>}>
      <section class="part stack">
        <div class="heading-row"><p class="strong">{t(DELIVERY[record.delivery].key)}</p><Generated /></div>
        {record.why !== "" && <p>{record.why}</p>}
        <dl class="facts">
          <dt>{t("records.when")}</dt><dd>{dayAndClock(record.at)}</dd>
          {fields.map((field) => {
            const list = field.codes;
            const value = record.values[field.name];
            const shown = list === undefined ? textOf(value) : (Array.isArray(value) ? value : [value ?? ""]).map((code: Json) => codeLabel(list, String(code), codes(list)[String(code)] ?? String(code))).join(", ");
            return [<dt key={field.name}>{label(field.label ?? "")}</dt>, <dd key={`${field.name} value`}>{shown}</dd>];
          })}
          {record.photos > 0 && [<dt key="photos">{t("records.photos")}</dt>, <dd key="photos value">{record.photos}</dd>]}
        </dl>
        {record.corrects !== "" && <p class="second">{t("records.corrects")}</p>}
      </section>
    </Frame>
  );
}

/** Fields that a correction may give anew: those that the form words, but ids and what the node fills in. */
function mendable(verb: string): string[] {
  const odd = new Set(["reasons", "correction", "site", "team", "visit", "person", "country", "met"]);
  const simple = new Set(["text", "number", "fraction", "flag", "PersonName"]);
  return form(verb).fields.filter((field) => field.label !== undefined && !odd.has(field.name) && simple.has(field.type)).map((field) => field.name);
}

export function CorrectRecord() {
  const ui = useUi();
  const { field } = ui;
  const record = useRecord();
  const [draft, change, clear] = useDraft<Record<string, string | readonly string[]>>(`correct ${ui.place.about ?? ""}`, {});
  const saving = useSaving();
  if (record === null) return <Frame title={t("records.correct")}><p class="part second">{t("records.gone")}</p></Frame>;
  const verb = field.correctionOf(record.verb);
  const names = mendable(verb);
  const asks = form(verb).corrects;
  const why = String(draft["why"] ?? "");
  const save = (): void => {
    const values = { ...valuesOf(verb, Object.fromEntries(names.map((name) => [name, draft[name] ?? ""]))), ...(asks === undefined ? {} : { [asks]: why.trim() }) };
    const changed = Object.keys(values).filter((name) => name !== asks);
    const wrong = asks === undefined ? [] : wrongOf(verb, values, [...names, asks]);
    if (changed.length === 0) wrong.push({ field: names[0] ?? "why", message: t("records.nothing-changed") });
    if (asks !== undefined && why.trim() === "") wrong.push({ field: "why", message: t("records.why-needed") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    saving.save((options) => field.correct(record.entry, values, options), () => {
      clear();
      ui.home(t("records.corrected"));
    });
  };
  return (
    <Frame title={t("records.correct")} second={[verbName(record.verb), record.reference].filter(Boolean).join(", ")} bottom={<button type="button" class="act" disabled={saving.busy} onClick={save}>{t("records.save")}</button>}>
      <Errors wrong={saving.wrong} label={(name) => (name === "why" ? t("records.why") : labelOf(verb, name))} />
      <section class="part stack">
        <div class="heading-row"><p class="strong">{t("records.correct-text")}</p><Generated /></div>
        {asks !== undefined && <Text name="why" label={t("records.why")} value={why} lines longest={500} onChange={(text) => change({ why: text })} />}
        {names.map((name) => (
          <div key={name} class="tight">
            <FieldOf verb={verb} name={name} value={draft[name] ?? ""} onChange={(value) => change({ [name]: value })} />
            {textOf(record.values[name]) !== "" && <p class="second">{t("records.was", { value: textOf(record.values[name]) })}</p>}
          </div>
        ))}
      </section>
    </Frame>
  );
}
