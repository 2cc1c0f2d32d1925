/** The site: how one gets there, what earlier teams noted. Read while the lease lasts. */

import { day } from "../times.ts";
import { label, t } from "../words/index.ts";
import { Frame, Generated, To } from "../parts/frame.tsx";
import { codes } from "../../forms/forms.ts";
import { useUi } from "../parts/state.ts";

type Given = Readonly<Record<string, unknown>>;
const textOf = (item: Given, name: string): string => (typeof item[name] === "string" ? item[name] : "");

/** A way in as the node gives it: how, the last network, who is seen coming, a note. */
function way(item: unknown): string[] {
  if (typeof item === "string") return [label(codes("site-access")[item] ?? item)];
  const given = (item ?? {}) as Given;
  const path = textOf(given, "path");
  const network = textOf(given, "last_network");
  const seen = textOf(given, "seen_coming");
  return [
    path === "" ? textOf(given, "words") : label(codes("site-access")[path] ?? path),
    network === "" ? "" : t("site.last-network", { text: network }),
    seen === "" ? "" : t("site.seen-coming", { text: seen }),
    textOf(given, "note"),
    given["closed"] === true ? t("site.closed") : "",
    typeof given["at"] === "number" ? day(given["at"], true) : "",
  ].filter(Boolean);
}

/** An earlier team's note, with who wrote it and when. */
function note(item: unknown): string[] {
  if (typeof item === "string") return [item];
  const given = (item ?? {}) as Given;
  const when = typeof given["at"] === "number" ? day(given["at"], true) : "";
  return [textOf(given, "text"), [textOf(given, "by"), when].filter(Boolean).join(", ")].filter(Boolean);
}

export function Site() {
  const { task, go } = useUi();
  const site = task?.site ?? null;
  if (task === null || site === null) return <Frame title={t("site.title")}><p class="part">{task === null ? t("start.read-over") : t("start.no-site")}</p></Frame>;
  const ways = site.ways_in.map(way).filter((each) => each.length > 0);
  const notes = site.notes.map(note).filter((each) => each.length > 0);
  return (
    <Frame title={t("site.title")} second={site.name} bottom={<button type="button" class="act" onClick={() => go("way-in")}>{t("site.add-way")}</button>}>
      <section class="part ruled tight">
        <div class="heading-row"><p class="number">{site.name}</p><Generated /></div>
        <p>{[label(codes("workplaces")[site.kind] ?? site.kind), codes("countries")[site.country] ?? site.country].filter(Boolean).join(", ")}</p>
        {site.place !== "" && <p>{site.place}</p>}
        {site.position != null && <p class="second">{`${site.position.lat.toFixed(4)}, ${site.position.lon.toFixed(4)}`}</p>}
      </section>
      <section class="part">
        <h2 class="ruled-heading">{t("site.ways")}</h2>
        {ways.length === 0 ? <p class="part second">{t("site.no-ways")}</p> : (
          <ul class="list">{ways.map((each, at) => <li key={at}><div class="grow">{each.map((line, n) => <p key={n} class={n === 0 ? "strong" : ""}>{line}</p>)}</div></li>)}</ul>
        )}
      </section>
      <section class="part">
        <h2 class="ruled-heading">{t("site.notes")}</h2>
        {notes.length === 0 ? <p class="part second">{t("site.no-notes")}</p> : (
          <ul class="list">{notes.map((each, at) => <li key={at}><div class="grow">{each.map((line, n) => <p key={n} class={n === 0 ? "" : "second"}>{line}</p>)}</div></li>)}</ul>
        )}
      </section>
      <nav class="part" aria-label={t("start.further")}>
        <To label={t("empty.title")} onClick={() => go("empty")} />
        <To label={t("leave.title")} onClick={() => go("leave")} />
      </nav>
    </Frame>
  );
}
