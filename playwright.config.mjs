// The browser tests: all of them against the served release build, and those that its door could change also against the single
// file from file://.
// Both are the artifacts that people get; `make test-browser` builds them first.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from '@playwright/test';

const port = Number(process.env.TEST_PORT ?? 8090);
// TRAILBEAM_URL tests an app that is served already, and no other.
const running = process.env.TRAILBEAM_URL;

function chromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  try {
    return execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error('No chromium in PATH: `make test-browser` installs it, or name one in CHROMIUM');
  }
}

export default defineConfig({
  testDir: 'tests/browser',
  outputDir: 'test-results',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // A test that passes only at the second try hides something.
  retries: 0,
  workers: 2,
  timeout: 120_000, // a busy two-core machine is slow, not wrong
  expect: { timeout: 15_000 },
  reporter: process.env.CI ? 'list' : [['list'], ['html', { open: 'never' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--no-sandbox', // tests run as root in containers
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'served', use: { appUrl: running ?? `http://127.0.0.1:${port}/` } },
    ...(running ? [] : [{
      name: 'single',
      // It is the same program: here is tried what another door could change, namely how it starts, reads, works without a
      // server, shares and saves. What a person does inside the views is tried once.
      // A test that says @once is about a file that is the same whichever door made it, or what the same program makes of one.
      grepInvert: /@once/,
      testMatch: /browser\/(boot|containers|corpus|downloads|folders|intake|sample|share|trust|workers)\.spec/,
      use: { appUrl: pathToFileURL(resolve('dist/trailbeam.html')).href },
    }]),
  ],
  webServer: running ? undefined : {
    command: `node scripts/serve.mjs --port ${port}`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
    stdout: 'ignore',
  },
});
