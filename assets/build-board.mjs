// The board's own build step: its map from Natural Earth, and the icon of every page.
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildMap } from "./src/map/build.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../libertad/web/static/libertad");
buildMap(join(out, "map"));
// A neutral mark: it says nothing of what the page is about.
cpSync(join(here, "src/icon.svg"), join(out, "icon.svg"));
