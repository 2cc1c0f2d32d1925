/** Bundles what runs outside the browser: the codec that answers the node's tests, and what writes vectors. */

import { build } from "esbuild";

await build({
  entryPoints: ["scripts/speak.ts", "scripts/vectors.ts"],
  outdir: "build",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "warning",
});
