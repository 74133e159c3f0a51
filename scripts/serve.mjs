// A static server for dist/, on this machine only: `node scripts/serve.mjs [--port 8080] [--dir dist]`.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { staticFiles } from './static.mjs';

const HOST = '127.0.0.1';

const { values } = parseArgs({
  options: { port: { type: 'string', default: process.env.PORT ?? '8080' }, dir: { type: 'string', default: 'dist' } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port`);
if (!existsSync(join(values.dir, 'index.html'))) throw new Error(`${values.dir}/index.html is missing: run \`make dist\` first`);

const server = createServer(staticFiles({ '/': values.dir }));
server.on('error', (error) => {
  const hint = error.code === 'EADDRINUSE' ? `port ${port} is taken: choose another with PORT=8081 make serve` : error.message;
  console.error(`serve: ${hint}`);
  process.exit(1);
});
server.listen(port, HOST, () => {
  console.log(`serve: ${values.dir}/ at http://${HOST}:${server.address().port} (Ctrl+C stops it)`);
});
