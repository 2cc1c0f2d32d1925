/** What this browser lacks, and what that risks. */

import { t } from "../words/index.ts";
import { missing } from "../parts/device.ts";
import { Frame } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { useUi } from "../parts/state.ts";

export function Browser() {
  const { status } = useUi();
  const lacks = missing(status);
  return (
    <Frame title={t("browser.title")} withoutDanger={!status.enrolled}>
      <section class="part">
        {lacks.length === 0 ? <p class="checked"><Icon name="done" size={22} />{t("browser.nothing")}</p> : (
          <ul class="list">
            {lacks.map(({ what, risk }) => (
              <li key={what}><Icon name="warning" size={22} /><div class="grow"><p class="strong">{t(what)}</p><p>{t(risk)}</p></div></li>
            ))}
          </ul>
        )}
      </section>
      <section class="part stack">
        <h2>{t("browser.always")}</h2>
        <ul class="stack">
          <li>{t("browser.cleared")}</li>
          <li>{t("browser.forgotten")}</li>
          <li>{t("browser.copied")}</li>
          <li>{t("browser.ended")}</li>
        </ul>
      </section>
    </Frame>
  );
}
