// Draws the README's pictures from the built-in sample: `make pictures`, and look at them before they are committed.
import { spawn } from 'node:child_process';
import { chromium } from 'playwright';

const PORT = 8096;
const server = spawn(process.execPath, ['scripts/serve.mjs', '--port', String(PORT)], { stdio: 'ignore' });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });

/** A page with the sample, once it is read. */
async function sample(colorScheme) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  for (let tries = 0; ; tries += 1) {
    try {
      await page.goto(`http://127.0.0.1:${PORT}/`);
      break;
    } catch (error) {
      if (tries > 50) throw error;
      await page.waitForTimeout(100); // the server is starting
    }
  }
  await page.getByRole('button', { name: /sample/i }).first().click();
  await page.locator('.statusbar').getByText('records from').waitFor({ timeout: 120_000 });
  await page.locator('.loading').waitFor({ state: 'detached', timeout: 120_000 });
  return page;
}

const show = (page, what) => page.evaluate((state) => trailbeam.show(state), what);
const draw = async (page, name) => {
  await page.waitForTimeout(2500); // charts and answers settle
  await page.screenshot({ path: `docs/${name}.png` });
  console.log(`docs/${name}.png`);
};

const page = await sample('light');
await show(page, { view: 'overview' });
await draw(page, 'overview');
await show(page, { view: 'trail' });
await draw(page, 'trail');
await show(page, { view: 'config', filter: 'resourceType = AWS::EC2::SecurityGroup' });
await draw(page, 'config');
await show(page, { view: 'findings', filter: null });
await page.evaluate(() => trailbeam.findings());
await page.getByRole('region', { name: 'Checks' }).locator('tbody tr', { hasText: 'Call by a tool' }).getByRole('button').click();
await draw(page, 'findings');
for (const view of ['requests', 'costs', 'log-groups']) {
  await show(page, { view, filter: null });
  await draw(page, view);
}
await page.evaluate(() => { location.hash = '#/entity?entity=AKIAIOSFODNN7EXAMPLE'; });
await draw(page, 'entity');
await page.evaluate((q) => { location.hash = `#/query?show=area&q=${encodeURIComponent(q)}`; }, `SOURCE vpc-flow
| filter dstport = 22 and action = "REJECT"
| stats count(*) as refused by bin(1h), srcaddr`);
await draw(page, 'query');
await show(page, { view: 'overview', filter: null });
await page.getByRole('button', { name: 'Share', exact: true }).click();
await page.getByRole('dialog').getByText('of 20 MB').waitFor({ timeout: 120_000 });
await page.waitForTimeout(15_000); // the other choices are measured
await draw(page, 'share');
await page.close();

const dark = await sample('dark');
await show(dark, { view: 'traffic' });
await draw(dark, 'traffic');
await show(dark, { view: 'functions' });
await draw(dark, 'functions');
await browser.close();
server.kill();
