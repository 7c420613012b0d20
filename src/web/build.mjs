// Builds the explorer page into dist/web: one script and one style sheet under the hash of their bytes, and the page that names them.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build } from 'esbuild';

const folder = process.argv[2] ?? 'dist/web';

await rm(folder, { recursive: true, force: true });
const { outputFiles } = await build({
  entryPoints: ['src/web/page.tsx', 'src/web/page.css', 'src/web/icon.svg'],
  loader: { '.svg': 'copy' },
  entryNames: '[name]-[hash]',
  outdir: folder,
  bundle: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  legalComments: 'none',
  charset: 'utf8',
  write: false,
});
const made = (suffix) =>
  basename(outputFiles.find(({ path }) => path.endsWith(suffix)).path);

await mkdir(folder, { recursive: true });
for (const { path, contents } of outputFiles) await writeFile(path, contents);
await writeFile(
  `${folder}/index.html`,
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Diplomatic events</title>
<link rel="icon" href="/explorer/${made('.svg')}">
<link rel="stylesheet" href="/explorer/${made('.css')}">
<link rel="alternate" type="application/json" href="/v1/events">
<script type="module" src="/explorer/${made('.js')}"></script>
</head>
<body>
<div id="page"><p class="away">…</p></div>
<noscript><p>This page needs JavaScript; the <a href="/docs">API</a> does not.</p></noscript>
</body>
</html>
`,
);
