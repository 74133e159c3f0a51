// Every way in but the picker of the first screen: dropping, adding, pasting, keys; and the dialogs.
import { event, flow, flows, ndjson, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { dragOver, drop, expectSources, go, navCount, pick } from './person.mjs';

test('files are dropped on the page, again and again', async ({ app }) => {
  const first = { 'flow.log': flows(flow(0)) };
  await dragOver(app, first);
  await expect(app.getByText('Drop to read the files in this tab')).toBeVisible();
  await drop(app, first);
  await expect(app.getByText('Drop to read the files in this tab')).toHaveCount(0);
  await expectSources(app, [{ name: 'flow.log', records: 1 }]);
  await drop(app, { 'trail.json': trail(event(1)), 'more.log': flows(flow(60)) });
  await expectSources(app, [{ records: 1 }, { name: 'trail.json', records: 1 }, { name: 'more.log', records: 1 }]);
  await expect(navCount(app, 'Traffic')).toHaveText('2');
});

test('files are added to those that are open', async ({ app }) => {
  await pick(app, { 'flow.log': flows(flow(0)) });
  await expectSources(app, [{ records: 1 }]);
  await pick(app, { 'trail.json': trail(event(1)) });
  await expectSources(app, [{ kind: 'vpc-flow', records: 1 }, { kind: 'cloudtrail', records: 1 }]);
});

async function paste(page, text) {
  await page.evaluate((what) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', what);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

test('text is pasted on the page', async ({ app }) => {
  await paste(app, ndjson(event(1), event(2)).toString());
  await expectSources(app, [{ name: 'pasted text', kind: 'cloudtrail', records: 2 }]);
});

test('text is pasted into the box under Add files', async ({ app }) => {
  await pick(app, { 'flow.log': flows(flow(0)) });
  await expectSources(app, [{ records: 1 }]);
  await app.getByRole('button', { name: 'Add files', exact: true }).click();
  await app.locator('.menu-panel textarea').fill(ndjson(event(1)).toString());
  await app.getByRole('button', { name: 'Open the text' }).click();
  await expectSources(app, [{ records: 1 }, { name: 'pasted text', kind: 'cloudtrail', records: 1 }]);
});

test('a format typed for flow logs without a header is used', async ({ app }) => {
  await pick(app, { 'flow.log': flows(flow(0)) });
  await expectSources(app, [{ records: 1 }]);
  await app.getByRole('button', { name: 'Add files', exact: true }).click();
  await app.getByPlaceholder('${version}').fill('${srcaddr} ${dstaddr} ${start} ${bytes} ${action} ${vpc-id}');
  await app.locator('#pick-files').setInputFiles({
    name: 'custom.log',
    mimeType: 'text/plain',
    buffer: Buffer.from('10.0.1.5 10.0.2.9 1767225600 5120 ACCEPT vpc-0a1\n10.0.1.5 10.0.2.9 1767225660 40 REJECT vpc-0a1\n'),
  });
  await expectSources(app, [{ records: 1 }, { name: 'custom.log', kind: 'vpc-flow', records: 2, rejected: 0 }]);
});

test('O opens the picker, before and after files are open', async ({ app }) => {
  const chooser = async () => (await Promise.all([app.waitForEvent('filechooser', { timeout: 20_000 }), app.keyboard.press('o')]))[0];
  await (await chooser()).setFiles({ name: 'flow.log', mimeType: 'text/plain', buffer: flows(flow(0)) });
  await expectSources(app, [{ records: 1 }]);
  await (await chooser()).setFiles({ name: 'more.log', mimeType: 'text/plain', buffer: flows(flow(60)) });
  await expectSources(app, [{ records: 1 }, { records: 1 }]);
});

test('G and a letter go to a view, ? lists the keys, Escape closes', async ({ app }) => {
  await pick(app, { 'flow.log': flows(flow(0)) });
  await expectSources(app, [{ records: 1 }]);
  await app.locator('main').click({ position: { x: 5, y: 5 } });
  for (const [key, view] of [['s', 'Sources'], ['t', 'Traffic'], ['l', 'Trail'], ['e', 'Events'], ['o', 'Overview']]) {
    await app.keyboard.press('g');
    await app.keyboard.press(key);
    await expect(app.locator('nav [aria-current=page]')).toContainText(view);
  }
  const help = app.getByRole('dialog', { name: 'Keys' });
  for (let round = 0; round < 2; round += 1) {
    await app.keyboard.press('?');
    await expect(help).toBeVisible();
    await app.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
  }
});

test('single letters can be switched off', async ({ app }) => {
  await pick(app, { 'flow.log': flows(flow(0)) });
  await expectSources(app, [{ records: 1 }]);
  await app.getByRole('button', { name: 'Keys' }).click();
  await app.getByLabel('Single letters act as keys').uncheck();
  await app.getByRole('button', { name: 'Close', exact: true }).click();
  await go(app, 'Sources');
  await app.keyboard.press('g');
  await app.keyboard.press('e');
  await expect(app.locator('nav [aria-current=page]')).toContainText('Sources');
});

test('a URL at the local door names its host and is not fetched', async ({ app }) => {
  const dialog = app.getByRole('dialog', { name: 'Open from a URL' });
  for (let round = 0; round < 2; round += 1) {
    await app.getByRole('button', { name: 'From a URL' }).click();
    await expect(dialog).toBeVisible();
    await dialog.getByLabel('Address of the file').fill('https://logs.example/flow.log.gz');
    await expect(dialog.getByRole('button', { name: 'Fetch it' })).toBeDisabled();
    await expect(dialog).toContainText(app.url().startsWith('file:') ? 'reaches no host at all' : 'logs.example');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
  }
});
