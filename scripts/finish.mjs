// Trunk's post_build hook: adds what Trunk does not make. Runs in the staging folder, before it becomes dist/.
//   the icon      moved into the page
//   online.html   the other door, with the same hashed files as index.html
//   development   a policy that lets Trunk's own reload script in; never in a release build
//   sizes         printed, so that growth is seen
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error('finish.mjs is called by Trunk (Trunk.toml), not by hand');
const release = process.env.TRUNK_PROFILE === 'release';

const index = join(staging, 'index.html');
let page = readFileSync(index, 'utf8');

/** The one match of `pattern` in index.html, or an error that names what is missing. */
function only(pattern, what) {
  const found = page.match(pattern);
  if (found?.length !== 1) throw new Error(`index.html should have exactly one ${what}, has ${found?.length ?? 0}`);
  return found[0];
}

/** The icon stands in the page: browsers ask for one anew with every change of the address, also offline. */
function inlineIcon() {
  const link = only(/<link[^>]*rel="icon"[^>]*>/g, 'icon');
  const file = join(staging, link.match(/href="\.?\/?([^"]+)"/)[1]);
  const data = readFileSync(file).toString('base64');
  rmSync(file);
  page = page.replace(link, `<link rel="icon" type="image/svg+xml" href="data:image/svg+xml;base64,${data}">`);
}

function addOnlineDoor() {
  const source = readFileSync('public/online.js');
  const name = `online-${createHash('sha256').update(source).digest('hex').slice(0, 16)}.js`;
  writeFileSync(join(staging, name), source);
  const integrity = `sha384-${createHash('sha384').update(source).digest('base64')}`;
  const parts = [
    only(/<link[^>]*rel="icon"[^>]*>/g, 'icon'),
    ...page.match(/<link[^>]*rel="stylesheet"[^>]*>/g),
    only(/<meta name="trailbeam-parts"[^>]*>/g, 'list of parts'),
    only(/<script[^>]*src="[^"]*boot[^"]*"[^>]*><\/script>/g, 'boot script'),
    `<script src="./${name}" integrity="${integrity}" defer></script>`,
  ];
  const template = readFileSync('online.html', 'utf8');
  const mark = '<!-- trailbeam:parts -->';
  if (!template.includes(mark)) throw new Error(`online.html has lost its ${mark}`);
  let online = template.replace(mark, () => parts.join('\n'));
  if (!release) online = loosen(online);
  writeFileSync(join(staging, 'online.html'), online);
}

/** Development only: Trunk's reload script is inline and opens a WebSocket. */
function loosen(html) {
  return html
    .replaceAll("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    .replaceAll("connect-src 'self'", "connect-src 'self' ws://127.0.0.1:* ws://localhost:*");
}

function printSizes() {
  for (const file of readdirSync(staging).filter((name) => /\.(?:wasm|js|css)$/.test(name)).sort()) {
    const bytes = readFileSync(join(staging, file));
    const kb = (count) => `${Math.ceil(count / 1000).toLocaleString('en-US')} kB`;
    console.log(`  ${file}: ${kb(bytes.length)}, gzip ${kb(gzipSync(bytes).length)}`);
  }
}

inlineIcon();
addOnlineDoor();
writeFileSync(index, release ? page : loosen(page));
if (release) printSizes();
