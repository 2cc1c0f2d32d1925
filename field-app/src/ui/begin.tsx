/** Draws the app on the page, in the language that was chosen, and serves it without a network from then on. */

import { render } from "preact";
import type { Field } from "../core/field.ts";
import { App } from "./app.tsx";
import type { Place } from "./parts/state.ts";
import { isWriting } from "./parts/state.ts";
import { serve } from "./parts/versions.ts";
import { choose, preferred } from "./words/index.ts";
import "./style.css";

export async function begin(field: Field, kept: boolean, from?: Place): Promise<void> {
  // A language whose words are not here yet, and no network: English is better than nothing.
  await choose(preferred()).catch(() => choose("en"));
  const root = document.getElementById("app");
  if (root === null) throw new Error("no place for the app");
  render(<App field={field} {...(from === undefined ? {} : { from })} />, root);
  addEventListener("beforeunload", (event) => {
    if (isWriting()) event.preventDefault();
  });
  if (kept) await serve("sw.js", () => void field.handOver().catch(() => undefined)).catch(() => undefined);
}
