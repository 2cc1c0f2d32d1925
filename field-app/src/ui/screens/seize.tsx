/** Seize and seal, several in a row: the seal and photos, then what it is. Each item is stored when the next begins. */

import { MOST_PHOTOS } from "../../core/types.ts";
import { asksFor } from "../../forms/forms.ts";
import { many, t } from "../words/index.ts";
import { cashOf, CountCash, NO_PIECES, wrongCash } from "../parts/cash.tsx";
import type { Pieces } from "../parts/cash.tsx";
import { Errors, Text } from "../parts/controls.tsx";
import { FieldOf, labelOf, useDraft, useSaving, valuesOf, wrongOf } from "../parts/form.tsx";
import { Frame, Generated } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { TakePhotos, usePhotos } from "../parts/photo.tsx";
import { ReadCode } from "../parts/qr.tsx";
import { useCarried, useRecords, useUi } from "../parts/state.ts";
import { verbName } from "./records.tsx";

const VERB = "exhibit.seize";
/** What it is. */
const WHAT = ["kind", "description", "device_number", "state_when_taken", "document_number", "document_country", "document_holder", "owner_agreed"] as const;
/** How it came to be taken: the next item begins with what was said of the last. */
const HOW = ["where_found", "taken_from", "witness"] as const;
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
  const [photos, setPhotos] = usePhotos("seize");
  const [carried, carry] = useCarried<Draft>("seize");
  const saving = useSaving();
  const kind = draft["kind"] ?? "";
  const seal = draft["seal"] ?? "";
  const used = records.some((record) => [record.values["seal"], record.values["number"]].includes(seal) && seal !== "");
  const what = WHAT.filter((name) => asksFor(VERB, name, "kind", kind));
  const asked = [...what, ...HOW];
  const next = seized.length + 1;
  const given = (name: string): string => draft[name] ?? carried?.[name] ?? "";
  const asBefore = (name: string): boolean => given(name) !== "" && given(name) === carried?.[name];
  const error = (name: string): string | undefined => saving.wrong.find((each) => each.field === name)?.message;

  const save = (then: () => void): void => {
    const shown = Object.fromEntries(asked.map((name) => [name, given(name)]));
    const values = { ...(task?.site == null ? {} : { site: task.site.id }), ...valuesOf(VERB, shown), ...(kind === "cash" ? { cash: cashOf(cash.rows) } : {}) };
    const wrong = [];
    if (used) wrong.push({ field: "seal", message: t("seize.seal-used", { seal }) });
    if (seal.trim() === "" && draft["unsealed"] !== "yes") wrong.push({ field: "seal", message: t("seize.no-seal") });
    wrong.push(...wrongOf(VERB, values, asked));
    if (kind === "cash") wrong.push(...wrongCash(cash.rows));
    if (wrong.length > 0) return saving.setWrong(wrong);
    saving.save((options) => field.seize([{ values, seal: seal.trim(), photos }], options), () => {
      carry(Object.fromEntries(HOW.map((name) => [name, given(name).trim()])));
      clear();
      clearCash();
      setPhotos([]);
      then();
    });
  };
  const again = (): void => {
    scrollTo(0, 0);
    document.getElementById("seal")?.focus();
  };
  const finish = (): void => {
    const begun = ["seal", "unsealed", ...WHAT].some((name) => (draft[name] ?? "") !== "") || photos.length > 0;
    if (begun) return save(() => ui.home(many("seize.finished", next)));
    clear();
    ui.home(many("seize.finished", seized.length));
  };
  const one = (name: (typeof asked)[number]) => (
    <FieldOf key={name} verb={VERB} name={name} value={given(name)} aside={asBefore(name) ? t("seize.as-before") : undefined} error={error(name)} onChange={(value) => change({ [name]: String(value) })} />
  );
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
                  <p class="second">{[record.reference, String(record.values["seal"] ?? ""), record.photos > 0 ? many("seize.photo-hashed", record.photos) : ""].filter(Boolean).join(", ")}</p>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="part stack">
        <div class="heading-row"><h2>{t("seize.item-heading", { n: next })}</h2><Generated /></div>
        {HOW.some(asBefore) && <p class="second">{t("seize.carried", { what: HOW.filter(asBefore).map(given).join("; ") })}</p>}
        <Text name="seal" label={t("seize.seal")} capitals spelled={false} value={seal} longest={64} error={used ? t("seize.seal-used", { seal }) : error("seal")} onChange={(text) => change({ seal: text })} />
        {seal !== "" && !used && <p class="checked"><Icon name="done" size={20} />{t("seize.seal-new")}</p>}
        {/* The camera ends with what it read. */}
        <ReadCode key={seal === "" ? "to read" : "read"} label={t("seize.scan")} formats={BARCODES} files={false} onText={(text) => change({ seal: SEAL.exec(text)?.[0]?.trim() ?? "" })} />
        <div class="chips"><label><input type="checkbox" checked={draft["unsealed"] === "yes"} onChange={(event) => change({ unsealed: event.currentTarget.checked ? "yes" : "" })} /><span>{t("seize.unsealed")}</span></label></div>
        <div class="tight">
          <p class="label">{t("seize.photos")}</p>
          <p class="second">{t("room.no-people")}</p>
          <TakePhotos label={t("photo.take")} photos={photos} most={MOST_PHOTOS} onChange={setPhotos} />
        </div>
      </section>
      <section class="part stack">
        {what.map(one)}
        {kind === "cash" && <CountCash rows={cash.rows} onChange={(rows) => changeCash({ rows })} />}
      </section>
      <section class="part stack">
        {HOW.map(one)}
        {HOW.some(asBefore) && <button type="button" class="link" onClick={() => change(Object.fromEntries(HOW.map((name) => [name, ""])))}>{t("seize.empty-carried")}</button>}
      </section>
    </Frame>
  );
}
