/**
 * Writes the service worker beside what was built, with the list of what it keeps.
 *
 * `first` is all that a start needs and is kept before the worker is installed; `later` (other languages, what
 * reads a QR code where the browser cannot) is kept after it, so that a weak line is not asked for it first.
 */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import type { Plugin, Rollup } from "vite";

const PUBLIC = fileURLToPath(new URL("../src/ui/public", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../package.json", import.meta.url));
/** For the screen of installed apps, which fetches them by itself. */
const LARGE = new Set(["icon-180.png", "icon-512.png"]);

type Built = Rollup.OutputBundle;

function staticOf(bundle: Built, page: string): Set<string> {
  const entry = Object.values(bundle).find((part) => part.type === "chunk" && part.isEntry);
  const found = new Set<string>([page]);
  const visit = (name: string): void => {
    const part = bundle[name];
    if (part?.type !== "chunk" || found.has(name)) return;
    found.add(name);
    part.imports.forEach(visit);
  };
  if (entry !== undefined) visit(entry.fileName);
  return found;
}

export function kept(page: string): Plugin {
  return {
    name: "kept",
    enforce: "post",
    async generateBundle(_options, bundle) {
      const needed = staticOf(bundle, page);
      const names = Object.keys(bundle).filter((name) => !name.endsWith(".map")).sort();
      const first = names.filter((name) => needed.has(name) || bundle[name]?.type === "asset");
      if (!first.includes(page)) first.push(page); // Vite writes the page after this list
      first.push(...(await readdir(PUBLIC)).filter((name) => !LARGE.has(name)));
      const later = names.filter((name) => !first.includes(name));
      const mark = createHash("sha256");
      for (const name of names) {
        const part = bundle[name];
        mark.update(name).update(part?.type === "chunk" ? part.code : (part?.source ?? ""));
      }
      const source = await readFile(fileURLToPath(new URL("../src/ui/sw.ts", import.meta.url)), "utf-8");
      const list = JSON.stringify({ page, first, later, version: mark.digest("hex").slice(0, 16) });
      const { code } = await transform(source, {
        define: { __KEPT__: list },
        loader: "ts",
        minify: true,
        format: "iife",
        target: "es2022",
      });
      this.emitFile({ type: "asset", fileName: "sw.js", source: code });
      this.emitFile({ type: "asset", fileName: "kept.json", source: list });
      // What the node tells phones that ask which version it has.
      const { version } = JSON.parse(await readFile(PACKAGE, "utf-8")) as { version: string };
      this.emitFile({ type: "asset", fileName: "version.json", source: JSON.stringify({ version }) });
    },
  };
}
