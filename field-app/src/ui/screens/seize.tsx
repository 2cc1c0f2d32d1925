/** Seize and seal, several in a row: each item is stored when it is sealed, and the next begins. */

import { useState } from "preact/hooks";
import { many, t } from "../words/index.ts";
import { cashOf, CountCash, NO_PIECES, wrongCash } from "../parts/cash.tsx";
import type { Pieces } from "../parts/cash.tsx";
import { Errors, Text } from "../parts/controls.tsx";
import { FieldOf, labelOf, useDraft, useSaving, valuesOf, wrongOf } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { TakePhoto } from "../parts/photo.tsx";
import type { Taken } from "../parts/photo.tsx";
import { ReadCode } from "../parts/qr.tsx";
import { useRecords, useUi } from "../parts/state.ts";
import { verbName } from "./records.tsx";

const VERB = "exhibit.seize";
const FIELDS = ["kind", "description", "where_found", "owner_agreed", "witness", "device_number", "state_when_taken"] as const;
const OF_DEVICES = new Set(["device_number", "state_when_taken"]);
const BARCODES = ["code_128", "code_39", "ean_13", "itf", "qr_code", "data_matrix"];
const SEAL = /[\p{L}\p{N}][\p{L}\p{N} ./-]{0,63}/u;
type Draft = Record<string, string>;

export function Seize() {
  const ui = useUi();
  const { field, task } = ui;
  const records = useRecords() ?? [];
  const seized = records.filter((record) => record.verb === VERB);
  const [draft, change, clear] = useDraft<Draft>("seize", {});
  const [cash, changeCash, clearCash] = useDraft<{ rows: readonly Pieces[] }>("seize-cash", { rows: [NO_PIECES] });
  const [photo, setPhoto] = useState<Taken | null>(null);
  const saving = useSaving();
  const kind = draft["kind"] ?? "";
  const seal = draft["seal"] ?? "";
  const used = records.some((record) => [record.values["seal"], record.values["number"]].includes(seal) && seal !== "");
  const asked = FIELDS.filter((name) => !OF_DEVICES.has(name) || ["mobile-phone", "computer"].includes(kind));
  const next = seized.length + 1;

  const save = (then: () => void): void => {
    const values = { ...(task?.site == null ? {} : { site: task.site.id }), ...valuesOf(VERB, Object.fromEntries(asked.map((name) => [name, draft[name] ?? ""]))), ...(kind === "cash" ? { cash: cashOf(cash.rows) } : {}) };
    const wrong = wrongOf(VERB, values, [...asked]);
    if (kind === "cash") wrong.push(...wrongCash(cash.rows));
    if (used) wrong.push({ field: "seal", message: t("seize.seal-used", { seal }) });
    if (seal.trim() === "" && draft["unsealed"] !== "yes") wrong.push({ field: "seal", message: t("seize.no-seal") });
    if (wrong.length > 0) return saving.setWrong(wrong);
    const item = { values, seal: seal.trim(), ...(photo === null ? {} : { photos: [photo] }) };
    saving.save((options) => field.seize([item], options), () => {
      clear();
      clearCash();
      setPhoto(null);
      then();
    });
  };
  const again = (): void => {
    scrollTo(0, 0);
    document.getElementById("kind")?.focus();
  };
  const finish = (): void => {
    if (kind === "" && (draft["description"] ?? "") === "" && seal === "") ui.home(many("seize.finished", seized.length));
    else save(() => ui.home(many("seize.finished", next)));
  };
  return (
    <Frame
      title={t("seize.title")}
      second={[task?.site?.name, t("seize.item", { n: next })].filter(Boolean).join(", ")}
      bottom={
        <div class="row">
          <button type="button" class="act wide" disabled={saving.busy} onClick={() => save(again)}>{t("seize.next", { n: next + 1 })}</button>
          <button type="button" class="plain" disabled={saving.busy} onClick={finish}>{t("seize.finish")}</button>
        </div>
      }
    >
      <Errors wrong={saving.wrong} label={(name) => (name === "seal" ? t("seize.seal") : name.startsWith("cash-") ? t("cash.title") : labelOf(VERB, name))} />
      {seized.length > 0 && (
        <section class="part">
          <h2 class="unheard">{t("seize.done")}</h2>
          <ul class="list">
            {seized.slice(0, 3).reverse().map((record) => (
              <li key={record.entry}>
                <Icon name="done" size={22} />
                <div class="grow">
                  <button type="button" class="link" onClick={() => ui.go("record", record.entry)}>{String(record.values["description"] ?? verbName(VERB))}</button>
                  <p class="second">{[record.reference, String(record.values["seal"] ?? ""), record.photos > 0 ? t("seize.photo-hashed") : ""].filter(Boolean).join(", ")}</p>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="part stack">
        <div class="heading-row"><h2>{t("seize.item-heading", { n: next })}</h2><Generated /></div>
        {asked.map((name) => (
          <FieldOf key={name} verb={VERB} name={name} value={draft[name] ?? ""} error={saving.wrong.find((each) => each.field === name)?.message} onChange={(value) => change({ [name]: String(value) })} />
        ))}
        {kind === "cash" && <CountCash rows={cash.rows} onChange={(rows) => changeCash({ rows })} />}
        <div class="pair">
          <div class="stack">
            <Text name="seal" label={t("seize.seal")} capitals spelled={false} value={seal} longest={64} error={used ? t("seize.seal-used", { seal }) : undefined} onChange={(text) => change({ seal: text })} />
            {seal !== "" && !used && <p class="checked"><Icon name="done" size={20} />{t("seize.seal-new")}</p>}
            <ReadCode label={t("seize.scan")} formats={BARCODES} files={false} onText={(text) => change({ seal: SEAL.exec(text)?.[0]?.trim() ?? "" })} />
            <div class="chips"><label><input type="checkbox" checked={draft["unsealed"] === "yes"} onChange={(event) => change({ unsealed: event.currentTarget.checked ? "yes" : "" })} /><span>{t("seize.unsealed")}</span></label></div>
          </div>
          <div class="tight">
            <p class="label">{t("seize.photo")}</p>
            <TakePhoto label={t("photo.take")} photo={photo} onTake={setPhoto} />
            <p class="second">{t("room.no-people")}</p>
          </div>
        </div>
      </section>
    </Frame>
  );
}
