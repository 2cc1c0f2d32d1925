// Builds everything the browser loads into libertad/web/static/libertad/.
// Sass is configured through MOJ first, then GOV.UK; the load path is the folder that holds node_modules.
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../libertad/web/static/libertad')
mkdirSync(join(out, 'fonts'), { recursive: true })

const sheets = readdirSync(join(here, 'scss')).filter((name) => /^[a-z].*\.scss$/.test(name))
for (const sheet of sheets) {
  const { css } = sass.compile(join(here, 'scss', sheet), {
    style: 'compressed',
    loadPaths: [here, join(here, 'node_modules')],
    quietDeps: true,
  })
  writeFileSync(join(out, sheet.replace('.scss', '.css')), css)
}

const fonts = join(here, 'node_modules/@fontsource-variable/atkinson-hyperlegible-next/files')
for (const part of ['latin', 'latin-ext']) {
  cpSync(join(fonts, `atkinson-hyperlegible-next-${part}-wght-normal.woff2`), join(out, `fonts/${part}.woff2`))
}

const entries = ['app.ts', 'board.ts', 'passkeys.ts', 'upload.ts'].map((name) => join(here, 'src', name)).filter(existsSync)
await build({
  entryPoints: entries,
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  loader: { '.json': 'json' },
  legalComments: 'none',
})

// A room's own build step (the board's map) is picked up when it exists.
const extra = join(here, 'build-board.mjs')
if (existsSync(extra)) await import(extra)
