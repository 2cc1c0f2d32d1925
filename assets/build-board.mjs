// The board's own build step: its map from Natural Earth.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildMap } from "./src/map/build.mjs";

buildMap(join(dirname(fileURLToPath(import.meta.url)), "../libertad/web/static/libertad/map"));
