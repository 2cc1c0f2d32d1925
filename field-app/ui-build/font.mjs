/** The one typeface, cut to the signs of the app's five languages and to the weights that its screens use. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import subset from "subset-font";

const FILE = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2";
const between = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, offset) => String.fromCodePoint(first + offset)).join("");
const SIGNS = between(0x20, 0x7e) + between(0xa0, 0xff) + "ıŒœ–—‘’‚“”„•…‹›€−→←≥²";

const whole = await readFile(createRequire(import.meta.url).resolve(FILE));
const made = await subset(whole, SIGNS, { targetFormat: "woff2", variationAxes: { wght: { min: 400, max: 700 } } });
await mkdir("build", { recursive: true });
await writeFile("build/type.woff2", made);
