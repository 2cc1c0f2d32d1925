/** This phone: its code and end, what is kept of it, language, what the browser lacks, locking and destroying. */

import { dayAndClock } from "../times.ts";
import { LANGUAGES, language, many, t } from "../words/index.ts";
import { Choice } from "../parts/controls.tsx";
import { missing } from "../parts/device.ts";
import { Frame, To } from "../parts/frame.tsx";
import { useUi } from "../parts/state.ts";
import { Update } from "./ends.tsx";

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0);

export function ThisPhone() {
  const ui = useUi();
  const { status, go, field } = ui;
  const lacks = missing(status);
  return (
    <Frame title={t("phone.title")} second={status.device?.code}>
      <Update />
      <section class="part stack">
        <dl class="facts">
          {status.device !== null && [<dt key="until">{t("phone.until")}</dt>, <dd key="until value">{dayAndClock(status.device.until)}</dd>]}
          <dt>{t("phone.storage")}</dt>
          <dd>{t("phone.storage-used", { used: megabytes(status.storage.used), quota: megabytes(status.storage.quota) })}</dd>
        </dl>
        <Choice name="language" shape="chips" label={t("phone.language")} options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))} value={language()} onChange={(code) => code !== "" && ui.setLanguage(code)} />
        {ui.message !== "" && <p class="strong">{ui.message}</p>}
      </section>
      <nav class="part" aria-label={t("start.further")}>
        <To label={t("browser.title")} second={lacks.length === 0 ? t("browser.nothing") : many("start.lacks", lacks.length)} onClick={() => go("browser")} />
      </nav>
      <section class="part stack">
        <h2>{t("phone.lock")}</h2>
        <p>{t("phone.lock-text")}</p>
        <button type="button" class="plain" onClick={() => field.lock()}>{t("nav.lock")}</button>
      </section>
      <section class="part apart-part row">
        <div class="wide tight">
          <h2>{t("destroy.question")}</h2>
          <p class="second">{t("destroy.short")}</p>
        </div>
        <button type="button" class="apart" onClick={() => go("destroy")}>{t("destroy.act")}</button>
      </section>
    </Frame>
  );
}
