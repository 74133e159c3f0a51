// Folders as a static host serves them: what answers a request of serve.mjs and of the benchmark's server.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};
const ENCODINGS = [['br', '.br'], ['gzip', '.gz']];

/** The file in `folder` that a URL path means, or nothing: never one outside the folder. */
function fileIn(folder, path) {
  let clean;
  try {
    clean = normalize(decodeURIComponent(path));
  } catch {
    return undefined;
  }
  if (clean.includes('\0') || clean.split(sep).includes('..')) return undefined;
  const found = join(folder, clean.endsWith(sep) ? join(clean, 'index.html') : clean);
  return statSync(found, { throwIfNoEntry: false })?.isFile() ? found : undefined;
}

/**
 * Answers requests with files of folders. It sets no header that the app needs: any static host will do.
 * @param {Record<string, string>} folders folder by the beginning of the URL path, longer ones first
 */
export function staticFiles(folders) {
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    const path = new URL(request.url, 'http://localhost').pathname;
    const mount = Object.keys(folders).find((start) => path.startsWith(start));
    const found = mount && fileIn(folders[mount], `/${path.slice(mount.length)}`);
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
  };
}
