// Writes dist/trailbeam.html: the release build in dist/ as one file that works from file:// with the network off.
// Style sheets and scripts are inlined (the scripts allowed by their SHA-256), the wasm is gzip + base64 in a data block.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = 'dist';
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const read = (href) => readFileSync(join(dist, href.replace(/^\.\//, '')));

/** The capture of `pattern` in index.html, or an error that names what is missing. */
function find(pattern, what) {
  const found = page.match(pattern);
  if (!found) throw new Error(`dist/index.html has no ${what}: run \`make dist\` first`);
  return found[1];
}

/** Text that ends its element early would run as something else. */
function inline(text, element) {
  if (new RegExp(`</${element}|<!--`, 'i').test(text)) throw new Error(`</${element} or <!-- in an inlined file`);
  return text;
}

const boot = inline(read(find(/<script[^>]*src="([^"]*boot[^"]*)"/, 'boot script')).toString(), 'script');
const glue = inline(read(find(/data-glue="([^"]+)"/, 'glue')).toString(), 'script');
const wasm = gzipSync(read(find(/data-wasm="([^"]+)"/, 'wasm')), { level: 9 }).toString('base64');
const styles = [...page.matchAll(/<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"|<link[^>]*href="([^"]+)"[^>]*rel="stylesheet"/g)]
  .map(([, a, b]) => inline(read(a ?? b).toString(), 'style'));
if (styles.length === 0) throw new Error('dist/index.html has no style sheet');
const icon = find(/(<link[^>]*rel="icon"[^>]*>)/, 'icon');
const title = find(/<title>([^<]*)<\/title>/, 'title');
const description = find(/<meta name="description" content="([^"]*)"/, 'description');

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = find(/http-equiv="Content-Security-Policy" content="([^"]+)"/, 'policy')
  .replace("script-src 'self'", () => `script-src ${hash(boot)} ${hash(glue)}`)
  .replace("style-src 'self'", 'style-src')
  .replace("img-src 'self'", 'img-src')
  .replace("connect-src 'self'", "connect-src 'none'");
if (policy.includes("'self'")) throw new Error(`a file is not allowed to load anything, but: ${policy}`);

const html = `<!doctype html>
<html lang="en" data-door="local" data-single>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description}">
<title>${title}</title>
${icon}
<script>${boot}</script>
${styles.map((text) => `<style>${text}</style>`).join('\n')}
</head>
<body>
<p id="boot">Trailbeam is starting. It needs JavaScript and WebAssembly.</p>
<script id="trailbeam-glue">${glue}</script>
<script id="trailbeam-wasm" type="application/octet-stream">${wasm}</script>
</body>
</html>
`;
writeFileSync(join(dist, 'trailbeam.html'), html);
console.log(`dist/trailbeam.html: ${Math.ceil(html.length / 1000).toLocaleString('en-US')} kB`);
