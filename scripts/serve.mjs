// A static server for dist/, on this machine only: `node scripts/serve.mjs [--port 8080] [--dir dist]`.
// It sets no header that the app needs: any static host will do.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { parseArgs } from 'node:util';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};
const ENCODINGS = [['br', '.br'], ['gzip', '.gz']];
const HOST = '127.0.0.1';

const { values } = parseArgs({
  options: { port: { type: 'string', default: process.env.PORT ?? '8080' }, dir: { type: 'string', default: 'dist' } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port`);
if (!existsSync(join(values.dir, 'index.html'))) throw new Error(`${values.dir}/index.html is missing: run \`make dist\` first`);

/** The file a URL path means, or nothing: never one outside the folder. */
function file(path) {
  let clean;
  try {
    clean = normalize(decodeURIComponent(path));
  } catch {
    return undefined;
  }
  if (clean.includes('\0') || clean.split(sep).includes('..')) return undefined;
  const found = join(values.dir, clean.endsWith(sep) ? join(clean, 'index.html') : clean);
  return statSync(found, { throwIfNoEntry: false })?.isFile() ? found : undefined;
}

const server = createServer((request, response) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const path = new URL(request.url, 'http://localhost').pathname;
  const found = file(path);
  if (!found) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${path} is not here\n`);
    return;
  }
  const headers = {
    'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream',
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  };
  let body = found;
  const accepted = String(request.headers['accept-encoding'] ?? '');
  for (const [encoding, ending] of ENCODINGS) {
    if (new RegExp(`\\b${encoding}\\b`).test(accepted) && existsSync(found + ending)) {
      headers['Content-Encoding'] = encoding;
      headers.Vary = 'Accept-Encoding';
      body = found + ending;
      break;
    }
  }
  headers['Content-Length'] = statSync(body).size;
  response.writeHead(200, headers);
  if (request.method === 'HEAD') response.end();
  else createReadStream(body).on('error', () => response.destroy()).pipe(response);
});

server.on('error', (error) => {
  const hint = error.code === 'EADDRINUSE' ? `port ${port} is taken: choose another with PORT=8081 make serve` : error.message;
  console.error(`serve: ${hint}`);
  process.exit(1);
});
server.listen(port, HOST, () => {
  console.log(`serve: ${values.dir}/ at http://${HOST}:${server.address().port} (Ctrl+C stops it)`);
});
