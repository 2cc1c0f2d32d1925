/** What is done less often than the four tiles. */

import { many, t } from "../words/index.ts";
import { Frame, To } from "../parts/frame.tsx";
import { useRecords, useUi } from "../parts/state.ts";

export function MoreActs() {
  const { go, status } = useUi();
  const records = useRecords() ?? [];
  const exhibits = records.filter((record) => record.verb === "exhibit.seize").length;
  const part = (title: string, acts: readonly (readonly [string, string, string?])[]) => (
    <section class="part">
      <h2 class="ruled-heading">{title}</h2>
      {acts.map(([screen, label, second]) => <To key={screen} label={label} second={second} onClick={() => go(screen)} />)}
    </section>
  );
  return (
    <Frame title={t("more.title")} second={status.device?.code}>
      {part(t("more.people"), [["document", t("document.title")], ["property", t("property.title")], ["assess", t("assess.title")], ["note-person", t("note.person")], ["indicators", t("indicators.title"), t("indicators.private")]])}
      {part(t("more.evidence"), [["offer", t("offer.title"), many("start.seized", exhibits)], ["accept", t("accept.title")], ["arrest", t("arrest.title")]])}
      {part(t("more.site"), [["empty", t("empty.title")], ["leave", t("leave.title")], ["note-lead", t("note.lead")]])}
    </Frame>
  );
}
