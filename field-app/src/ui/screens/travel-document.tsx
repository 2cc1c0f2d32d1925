/** A travel document: its two or three lines typed, checked by their own digits, said as the document's word. */

import type { Json } from "../../codec/json.ts";
import { codeLabel, t } from "../words/index.ts";
import type { Key } from "../words/index.ts";
import { Choice, Errors, Text } from "../parts/controls.tsx";
import { FieldOf, labelOf, optionsOf, useDraft, useSaving, wrongOf } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { readZone } from "../parts/mrz.ts";
import { ChoosePerson } from "../parts/person.tsx";
import { TakePhotos, usePhotos } from "../parts/photo.tsx";
import { useUi } from "../parts/state.ts";

const VERB = "person.state";
const EMPTY = { person: "", zone: "", kind: "", number: "", country: "", name: "", anyway: "" };

export function TravelDocument() {
  const ui = useUi();
  const { field } = ui;
  const [draft, change, clear] = useDraft("document", EMPTY);
  const [photos, setPhotos] = usePhotos("document");
  const saving = useSaving();
  const zone = draft.zone.trim() === "" ? null : readZone(draft.zone);
  const kind = zone === null ? draft.kind : zone.kind;
  const number = zone === null ? draft.number.trim() : zone.number;
  const country = zone === null ? draft.country : zone.issuer;
  const name = zone === null ? draft.name.trim() : [zone.given, zone.family].filter(Boolean).join(" ");
  const save = (): void => {
    const values: Record<string, Json> = {
      ...(name === "" ? {} : { name: [{ text: name, kind: "document", ...(zone === null ? {} : { given: zone.given, family: zone.family }) }] }),
      ...(zone === null || zone.birth === "" ? {} : { birth: { date: zone.birth } }),
      ...(zone === null || zone.sex === "" ? {} : { sex: zone.sex }),
      ...(zone === null || zone.nationality === "" ? {} : { nationality: [zone.nationality] }),
      ...(kind === "" ? {} : { document_kind: kind }),
      ...(number === "" ? {} : { document_number: number }),
      ...(country === "" ? {} : { document_country: country }),
      ...(zone === null || number === "" || zone.expires === "" || zone.wrong.includes("expiry") ? {} : { document_expires: zone.expires }),
      ...(zone !== null && zone.wrong.length > 0 ? { note: t("document.note-wrong", { parts: zone.wrong.map((part) => t(`document.part-${part}` as Key)).join(", ") }) } : {}),
    };
    const wrong = wrongOf(VERB, values, ["document_kind", "document_number", "document_country", "name"]);
    if (draft.person === "") wrong.push({ field: "person", message: t("person.choose") });
    if (draft.zone.trim() !== "" && zone === null) wrong.push({ field: "zone", message: t("document.no-zone") });
    if (zone !== null && zone.wrong.length > 0 && draft.anyway !== "yes") wrong.push({ field: "zone", message: t("document.digits-wrong") });
    if (number === "" && name === "") wrong.push({ field: "zone", message: t("document.empty") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    saving.save((options) => field.say(VERB, values, { ...options, photos, subject: draft.person, source: "document" }), () => {
      clear();
      setPhotos([]);
      ui.home(t("document.saved"));
    });
  };
  return (
    <Frame title={t("document.title")} bottom={<button type="button" class="act" disabled={saving.busy} onClick={save}>{t("form.save-here")}</button>}>
      <Errors wrong={saving.wrong} label={(field) => (field === "zone" ? t("document.zone") : field === "person" ? t("person.about") : labelOf(VERB, field))} />
      <section class="part stack">
        <div class="heading-row"><span class="second">{t("document.text")}</span><Generated /></div>
        <ChoosePerson value={draft.person} onChange={(person) => change({ person })} />
        <Text name="zone" label={t("document.zone")} help={t("document.zone-help")} lines capitals value={draft.zone} longest={140} onChange={(text) => change({ zone: text, anyway: "" })} />
      </section>
      {zone !== null ? (
        <section class="part banded stack" aria-live="polite">
          <dl class="facts">
            <dt>{labelOf(VERB, "document_kind")}</dt><dd>{optionsOf("document-kinds", [zone.kind])[0]?.label}</dd>
            <dt>{labelOf(VERB, "document_number")}</dt><dd class="strong">{zone.number}</dd>
            <dt>{labelOf(VERB, "document_country")}</dt><dd>{zone.issuer === "" ? t("document.no-country") : codeLabel("countries", zone.issuer, optionsOf("countries", [zone.issuer])[0]?.label ?? zone.issuer)}</dd>
            <dt>{t("document.name")}</dt><dd>{name}</dd>
            <dt>{t("document.birth")}</dt><dd>{zone.birth}</dd>
            <dt>{t("document.expires")}</dt><dd>{zone.expires}</dd>
          </dl>
          {zone.wrong.length === 0 ? <p class="checked"><Icon name="done" size={20} />{t("document.digits-right")}</p> : (
            <>
              <p class="error">{t("document.digits-are-wrong", { parts: zone.wrong.map((part) => t(`document.part-${part}` as Key)).join(", ") })}</p>
              <Choice name="anyway" label={t("document.anyway")} options={[{ value: "yes", label: t("document.anyway-yes") }, { value: "no", label: t("document.anyway-no") }]} value={draft.anyway} onChange={(anyway) => change({ anyway })} />
            </>
          )}
        </section>
      ) : (
        <section class="part stack">
          <h2>{t("document.without-zone")}</h2>
          <FieldOf verb={VERB} name="document_kind" value={draft.kind} onChange={(value) => change({ kind: String(value) })} />
          <FieldOf verb={VERB} name="document_number" value={draft.number} onChange={(value) => change({ number: String(value) })} />
          <FieldOf verb={VERB} name="document_country" value={draft.country} onChange={(value) => change({ country: String(value) })} />
          <Text name="name" label={t("document.name")} value={draft.name} longest={200} onChange={(value) => change({ name: value })} />
        </section>
      )}
      <section class="part"><TakePhotos label={t("document.photo")} photos={photos} onChange={setPhotos} /></section>
    </Frame>
  );
}
