/** A screen whose code comes when it is first opened: kept on the phone with the rest, but not asked for first. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../words/index.ts";
import { Frame } from "./frame.tsx";

type Screen = () => preact.JSX.Element;

export function lazy(load: () => Promise<Screen>): Screen {
  let loaded: Screen | null = null;
  return function Lazy() {
    const [screen, setScreen] = useState<{ draw: Screen } | null>(loaded === null ? null : { draw: loaded });
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded !== null) return;
      load().then(
        (draw) => {
          loaded = draw;
          setScreen({ draw });
        },
        () => setFailed(true),
      );
    }, []);
    if (screen !== null) return <screen.draw />;
    return <Frame title="Daybook"><p class="part" role="status">{t(failed ? "ends.not-here" : "ends.opening")}</p></Frame>;
  };
}
