/** Which screen is shown, and what holds for all: the idle lock, the curtain, going back, new versions. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Field } from "../core/field.ts";
import { choose, isCode, t } from "./words/index.ts";
import { forgetAll, resume, UiContext } from "./parts/state.ts";
import type { Place, Ui } from "./parts/state.ts";
import { lazy } from "./parts/lazy.tsx";
import { useIdleLock } from "./parts/idle.ts";
import { Browser } from "./screens/browser.tsx";
import { CheckIn } from "./screens/check-in.tsx";
import { Danger } from "./screens/danger.tsx";
import { Destroyed, Ended, Opening, OtherTab } from "./screens/ends.tsx";
import { FirstStart } from "./screens/first-start.tsx";
import { Arrest, Assess, FoundEmpty, Leave, NoteLead, NotePerson, Property, WayIn } from "./screens/forms.tsx";
import { HandOver } from "./screens/hand-over.tsx";
import { Headcount } from "./screens/headcount.tsx";
import { Indicators } from "./screens/indicators.tsx";
import { Locked } from "./screens/locked.tsx";
import { Meet } from "./screens/meet.tsx";
import { MoreActs } from "./screens/more.tsx";
import { CorrectRecord, RecordPage, Records } from "./screens/records.tsx";
import { Room } from "./screens/room.tsx";
import { Site } from "./screens/site.tsx";
import { Start } from "./screens/start.tsx";
import { ThisPhone } from "./screens/this-phone.tsx";
import { Destroy } from "./screens/destroy.tsx";

const SCREENS: Readonly<Record<string, () => preact.JSX.Element>> = {
  accept: lazy(async () => (await import("./screens/accept.tsx")).Accept),
  arrest: Arrest,
  assess: Assess,
  browser: Browser,
  "check-in": CheckIn,
  correct: CorrectRecord,
  danger: Danger,
  destroy: Destroy,
  document: lazy(async () => (await import("./screens/travel-document.tsx")).TravelDocument),
  empty: FoundEmpty,
  "hand-over": HandOver,
  headcount: Headcount,
  indicators: Indicators,
  leave: Leave,
  meet: Meet,
  more: MoreActs,
  "note-lead": NoteLead,
  "note-person": NotePerson,
  offer: lazy(async () => (await import("./screens/offer.tsx")).Offer),
  property: Property,
  record: RecordPage,
  records: Records,
  room: Room,
  seize: lazy(async () => (await import("./screens/seize.tsx")).Seize),
  site: Site,
  start: Start,
  "this-phone": ThisPhone,
  "way-in": WayIn,
};
/** What a locked phone, or one whose keys are gone, still does. */
const WHILE_LOCKED = new Set(["meet", "danger", "hand-over", "destroy", "browser"]);
const WHILE_ENDED = new Set(["hand-over", "browser", "this-phone"]);
const TICK = 30_000;

export function App({ field, from }: { field: Field; from?: Place }) {
  const [status, setStatus] = useState(field.status);
  const [place, setPlace] = useState<Place>(from ?? { screen: "start" });
  const [message, setMessage] = useState("");
  const [online, setOnline] = useState(navigator.onLine);
  const [now, setNow] = useState(Date.now());
  const [words, setWords] = useState(0);

  useEffect(() => field.subscribe(setStatus), [field]);
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), TICK);
    const network = (): void => setOnline(navigator.onLine);
    const popped = (event: PopStateEvent): void => setPlace((event.state as Place | null) ?? { screen: "start" });
    addEventListener("online", network);
    addEventListener("offline", network);
    addEventListener("popstate", popped);
    return () => {
      clearInterval(tick);
      removeEventListener("online", network);
      removeEventListener("offline", network);
      removeEventListener("popstate", popped);
    };
  }, []);
  useIdleLock(field, status.enrolled && !status.locked && !status.destroyed);
  useEffect(() => {
    if (status.destroyed || status.ended !== "") forgetAll();
  }, [status.locked, status.destroyed, status.ended]);
  // Before anything of the unlocked app is drawn.
  const resumed = useRef(false);
  if (!status.locked && !resumed.current) resume(field);
  resumed.current = !status.locked;
  // Locking leads to the locked start, whatever was open; unlocking leads back to it.
  const left = useRef<Place | null>(null);
  const wasLocked = useRef<boolean | null>(null);
  useEffect(() => {
    // Opening and the first start are no locking.
    const known = status.ready && status.enrolled;
    if (!known || wasLocked.current === null || status.locked === wasLocked.current) {
      wasLocked.current = known ? status.locked : null;
      return;
    }
    wasLocked.current = status.locked;
    const next = status.locked ? { screen: "start" } : (left.current ?? { screen: "start" });
    left.current = status.locked ? place : null;
    history.pushState(next, "", `#${next.screen}`);
    setMessage(status.locked ? t("locked.told") : "");
    setPlace(next);
  }, [status.locked, status.ready, status.enrolled]);

  const ui = useMemo((): Ui => {
    const go = (screen: string, about?: string): void => {
      const next: Place = about === undefined ? { screen } : { screen, about };
      history.pushState(next, "", `#${screen}`);
      setMessage("");
      setPlace(next);
      scrollTo(0, 0);
    };
    return {
      field,
      status,
      task: field.task(),
      place,
      go,
      back: () => (history.state === null ? setPlace({ screen: "start" }) : history.back()),
      home: (told = "") => {
        go("start");
        setMessage(told);
      },
      message,
      online,
      now,
      setLanguage: (code) => {
        if (isCode(code)) choose(code).then(() => setWords((n) => n + 1), () => setMessage(t("phone.no-language")));
      },
    };
  }, [field, status, place, message, online, now, words]);

  return (
    <UiContext.Provider value={ui}>
      {/* It outlives the screens: a line that comes with its place is read aloud by few screen readers. */}
      <p class="unheard" role="status">{message}</p>
      <Shown key={words} ui={ui} />
    </UiContext.Provider>
  );
}

function Shown({ ui }: { ui: Ui }) {
  const { status, place } = ui;
  if (!status.ready) return <Opening />;
  if (status.otherTab) return <OtherTab />;
  // Access that ended took the keys along: why they are gone is said first.
  if (status.ended !== "" && !WHILE_ENDED.has(place.screen)) return <Ended />;
  if (status.destroyed && !WHILE_ENDED.has(place.screen)) return <Destroyed />;
  if (!status.enrolled && !status.destroyed) return place.screen === "browser" ? <Browser /> : <FirstStart />;
  if (status.locked && !status.destroyed && !WHILE_LOCKED.has(place.screen)) return <Locked />;
  const Screen = SCREENS[place.screen] ?? Start;
  // Another person's or thing's form is another form; a locked one is never that of before.
  return <Screen key={`${place.screen} ${place.about ?? ""} ${status.locked}`} />;
}
