/** The frame of every screen: bar with danger and lock, the band with what is not handed over, the main action. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { length, shortly } from "../times.ts";
import { many, t } from "../words/index.ts";
import { Icon } from "./icons.tsx";
import { useUi } from "./state.ts";

interface FrameProps {
  readonly title: string;
  readonly second?: string | undefined;
  /** The start has no way back. */
  readonly first?: boolean;
  /** Where danger itself is, or nothing can be captured. */
  readonly withoutDanger?: boolean;
  readonly withoutLock?: boolean;
  readonly withoutBand?: boolean;
  readonly bottom?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Frame(props: FrameProps) {
  const { title, second, first = false, bottom, children } = props;
  const ui = useUi();
  const heading = useRef<HTMLHeadingElement>(null);
  // A screen reader is told where one is; the title stays neutral.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [title]);
  return (
    <div class="frame">
      <header class="top">
        <div class="bar dark">
          {first ? <span class="mark"><Icon name="book" size={22} /></span> : (
            <button type="button" class="back" aria-label={t("nav.back")} onClick={() => ui.back()}><Icon name="back" /></button>
          )}
          <div class="names">
            <h1 tabindex={-1} ref={heading}>{title}</h1>
            {second !== undefined && <p class="second">{second}</p>}
          </div>
          {props.withoutDanger !== true && (
            <button type="button" class="danger-way" onClick={() => ui.go("danger")}><Icon name="danger" size={20} />{t("nav.danger")}</button>
          )}
          {props.withoutLock !== true && ui.status.enrolled && (
            <button type="button" onClick={() => ui.field.lock()}><Icon name="lock" size={20} />{t("nav.lock")}</button>
          )}
        </div>
        {props.withoutBand !== true && <Band />}
      </header>
      <main>{children}</main>
      {bottom !== undefined && <footer class="bottom">{bottom}</footer>}
    </div>
  );
}

function Band() {
  const { status, now, place, go } = useUi();
  const { unsent, lastHandOver, handingOver } = status;
  if (!status.enrolled && unsent.entries === 0) return null;
  const whole = unsent.entries + unsent.photos;
  const last = lastHandOver === null
    ? t("band.never")
    : t("band.last", { ago: length(now - lastHandOver), when: shortly(lastHandOver) });
  const calm = whole === 0 || handingOver !== null;
  return (
    <div class={calm ? "band all-sent" : "band"}>
      {calm ? <Icon name={handingOver !== null ? "half" : "done"} size={22} /> : <Icon name="warning" size={24} />}
      <p class="told">
        <strong>
          {handingOver !== null
            ? t("band.now", { sent: handingOver.sent, total: handingOver.total })
            : whole === 0 ? t(lastHandOver === null ? "band.nothing" : "band.none") : many("band.unsent", unsent.entries, { photos: unsent.photos })}
        </strong>
        <span>{last}</span>
      </p>
      {place.screen !== "hand-over" && (whole > 0 || status.locked === false) && (
        <button type="button" onClick={() => go("hand-over")}>{t("band.hand-over")}</button>
      )}
    </div>
  );
}

export function Generated() {
  const { status } = useUi();
  return status.generated ? <span class="generated">{t("form.generated")}</span> : null;
}

/** A line to press, with where it leads. */
export function To({ label, second, onClick }: { label: string; second?: string | undefined; onClick: () => void }) {
  return (
    <button type="button" class="to" onClick={onClick}>
      <b>{label}</b>
      {second !== undefined && <span class="second">{second}</span>}
      <Icon name="next" size={20} />
    </button>
  );
}

export function DangerCard() {
  const ui = useUi();
  return (
    <button type="button" class="danger-card" onClick={() => ui.go("danger")}>
      <Icon name="danger" size={38} />
      <span>
        <b>{t("danger.title")}</b>
        <span>{t("danger.card")}</span>
        <span>{t("danger.card-network")}</span>
      </span>
    </button>
  );
}
