/** Builds the screens into libertad/field/app/; `--mode fake` builds those of the tests, with the fake core. */

import { defineConfig } from "vite";
import { kept } from "./ui-build/kept.ts";

export default defineConfig(({ mode }) => {
  const fake = mode === "fake";
  return {
    root: "src/ui",
    base: "/field/",
    publicDir: "public",
    esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
    plugins: [kept(fake ? "fake.html" : "index.html")],
    logLevel: "warn",
    build: {
      target: "es2022",
      outDir: fake ? "../../build/fake" : "../../../libertad/field/app",
      emptyOutDir: true,
      // No style and no script in the page itself, and no data: address: the node's policy refuses them.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      cssCodeSplit: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: fake ? "src/ui/fake.html" : "src/ui/index.html",
        output: {
          entryFileNames: "assets/[name]-[hash].js",
          chunkFileNames: "assets/[name]-[hash].js",
          assetFileNames: "assets/[name]-[hash][extname]",
        },
      },
    },
  };
});
