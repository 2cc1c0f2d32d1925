/** Bundles what answers the node's tests, what writes vectors, and what the screens will build on. */

import { build } from "esbuild";

await build({
  entryPoints: ["scripts/speak.ts", "scripts/vectors.ts", "scripts/phone.ts"],
  outdir: "build",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "warning",
});

// As a browser would load it: that it can, and how large it is, the tests look at.
await build({
  entryPoints: ["src/index.ts"],
  outfile: "build/app.js",
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  logLevel: "warning",
});

// Without the word lists, which are loaded when a passphrase is drawn or custody changes hands.
await build({
  entryPoints: ["src/core/open.ts"],
  outfile: "build/core.js",
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  external: ["@scure/bip39/*"],
  logLevel: "warning",
});
