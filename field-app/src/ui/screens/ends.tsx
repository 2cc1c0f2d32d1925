/** Where nothing can be captured here: opening, another tab, an ended phone, destroyed keys. And a new version. */

import { useEffect, useState } from "preact/hooks";
import { many, t } from "../words/index.ts";
import { Frame, To } from "../parts/frame.tsx";
import { Icon } from "../parts/icons.tsx";
import { isWriting, useUi, whenIdle } from "../parts/state.ts";
import { useNew } from "../parts/versions.ts";

export function Opening() {
  return (
    <Frame title="Daybook" first withoutDanger withoutLock withoutBand>
      <p class="part" role="status">{t("ends.opening")}</p>
    </Frame>
  );
}

export function OtherTab() {
  return (
    <Frame title="Daybook" first withoutDanger withoutLock bottom={<button type="button" class="act" onClick={() => location.reload()}>{t("ends.try-here")}</button>}>
      <section class="part stack">
        <h2>{t("ends.other-tab")}</h2>
        <p>{t("ends.other-tab-text")}</p>
      </section>
    </Frame>
  );
}

function Leftover() {
  const { status, go } = useUi();
  const { entries } = status.unsent;
  return (
    <>
      <p>{entries > 0 ? many("ends.unsent", entries) : t("ends.nothing-unsent")}</p>
      {entries > 0 && <To label={t("band.hand-over")} onClick={() => go("hand-over")} />}
    </>
  );
}

export function Ended() {
  const { status } = useUi();
  return (
    <Frame title="Daybook" first withoutDanger withoutLock>
      <section class="part stack">
        <h2>{t("ends.ended")}</h2>
        <p class="strong">{status.ended}</p>
        <p>{t("ends.ended-text")}</p>
        <Leftover />
        <p class="second">{t("ends.destroyed-new")}</p>
      </section>
    </Frame>
  );
}

export function Destroyed() {
  return (
    <Frame title="Daybook" first withoutDanger withoutLock>
      <section class="part stack">
        <h2>{t("ends.destroyed")}</h2>
        <p>{t("ends.destroyed-text")}</p>
        <Leftover />
        <p class="second">{t("ends.destroyed-new")}</p>
      </section>
    </Frame>
  );
}

/** A new version is told, and used at a touch when nothing is being written. */
export function Update() {
  const ready = useNew();
  const { status } = useUi();
  const [writing, setWriting] = useState(isWriting());
  useEffect(() => {
    setWriting(isWriting());
    return whenIdle(() => setWriting(false));
  }, [ready]);
  if (ready === null && !status.update) return null;
  return (
    <section class="notice calm">
      <Icon name="waits" />
      <div class="grow">
        <h2>{t("ends.new-version")}</h2>
        <p>{ready === null ? t("ends.version-later") : t(writing ? "ends.version-waits" : "ends.version-ready")}</p>
        {ready !== null && !writing && <button type="button" class="link" onClick={ready}>{t("ends.use-new")}</button>}
      </div>
    </section>
  );
}
