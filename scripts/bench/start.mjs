// Part `start`: what the page weighs and when it can be used.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { inFreshApp } from './app.mjs';
import { count, megabytes, spread, table } from './figures.mjs';

/** What a host sends of a file: what lies beside it already packed, or what packing it would give. */
function sent(path, ending, pack) {
  return existsSync(path + ending) ? statSync(path + ending).size : pack(readFileSync(path)).length;
}

function weights(dist) {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const used = readdirSync(dist).filter((name) => /\.(?:wasm|js|css)$/.test(name) && page.includes(name));
  return used.map((name) => {
    const path = join(dist, name);
    return {
      name: name.replace(/-[0-9a-f]{16}/, ''),
      raw: statSync(path).size,
      gzip: sent(path, '.gz', (bytes) => gzipSync(bytes, { level: 9 })),
      br: sent(path, '.br', (bytes) => brotliCompressSync(bytes)),
    };
  });
}

export async function startPart(run, options) {
  const files = weights(options.dist);
  const total = (key) => files.reduce((sum, file) => sum + file[key], 0);
  const interactive = [];
  for (let round = 0; round < options.rounds; round++) {
    interactive.push(await inFreshApp(run, (page) => page.evaluate(() => bench.interactive)));
  }
  const all = { name: 'together', raw: total('raw'), gzip: total('gzip'), br: total('br') };
  return {
    raw: { files, interactive },
    tables: [
      table('The page\'s weight', ['file', 'raw bytes', 'gzip', 'Brotli'], [...files, all].map((file) => [file.name, count(file.raw), count(file.gzip), count(file.br)])),
      table('Start (ms, least / median / most)', ['what', 'time'], [[`from a server of the same machine (${megabytes(all.raw)} not packed) to a page that can be used`, spread(interactive)]]),
    ],
  };
}
