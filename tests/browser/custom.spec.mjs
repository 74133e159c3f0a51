// Describing a log that no kind recognises: from a blank page to records, saved, and taken in again.
import { readFile } from 'node:fs/promises';
import { test, expect, started } from './fixture.mjs';
import { drop, eventRows, expectSources, go, settled } from './person.mjs';

const LINES = [
  '2026-03-02 09:15:01,123 INFO [main] alice paid order 17',
  '2026-03-02 09:15:02,004 WARN [pool-1] bob left order 18',
  'this line is none of them',
  '2026-03-02 09:15:03,250 INFO [main] alice paid order 19',
];

const LOG = { 'shop.txt': `${LINES.join('\n')}\n` };

/** Selects a part of the example line and names it. */
async function mark(dialog, text, name) {
  const line = dialog.getByLabel('Example line');
  await line.evaluate((input, part) => {
    const from = input.value.indexOf(part);
    input.focus();
    input.setSelectionRange(from, from + part.length);
  }, text);
  await expect(dialog.getByText(text, { exact: true }).first()).toBeVisible();
  await dialog.getByLabel('Name of the selected part').fill(name);
  await dialog.getByRole('button', { name: 'Mark', exact: true }).click();
  await expect(dialog.getByRole('list', { name: 'Marked fields' }).getByLabel(`Name of “${text}”`)).toHaveValue(name);
}

test('a log is described by example, used, saved, and read by the saved description', async ({ app: page, context, appUrl }) => {
  await page.getByRole('button', { name: 'Describe a log' }).click();
  const dialog = page.getByRole('dialog', { name: 'Describe a log' });
  await dialog.getByLabel('Name', { exact: true }).fill('Shop');
  await dialog.getByLabel('Some lines of the log').fill(LINES.join('\n'));
  await expect(dialog.getByLabel('Example line')).toHaveValue(LINES[0]);
  await mark(dialog, '2026-03-02 09:15:01,123', 'time');
  await mark(dialog, 'INFO', 'level');
  await mark(dialog, 'main', 'thread');
  await mark(dialog, 'alice', 'user');
  await mark(dialog, 'paid order 17', 'message');
  await expect(dialog.getByText('3 records read, 1 line rejected')).toBeVisible();
  await expect(dialog.getByText('Times are read as iso')).toBeVisible();
  const preview = dialog.getByRole('table', { name: 'Preview of records' });
  await expect(preview.locator('tbody tr')).toHaveCount(4);
  await expect(preview.getByText('Rejected')).toHaveCount(1);
  await expect(preview).toContainText('bob');
  await expect(dialog.getByLabel('Meaning of user')).toHaveValue('found');

  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as a file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('shop.toml');
  const toml = await readFile(await file.path(), 'utf8');
  expect(toml).toContain('[[log_format]]');

  await dialog.getByRole('button', { name: 'Use now' }).click();
  await expect(dialog).toBeHidden();
  await expectSources(page, [{ name: 'pasted text', kind: 'custom', records: 3, rejected: 1 }]);
  await settled(page);
  await go(page, 'Events');
  await expect(eventRows(page)).toHaveCount(3);

  // The saved description, dropped beside the same log in a fresh page.
  const fresh = await context.newPage();
  await fresh.goto(appUrl);
  await started(fresh);
  await drop(fresh, LOG);
  await expectSources(fresh, [{ name: 'shop.txt', records: 0 }]);
  await drop(fresh, { 'shop.toml': toml });
  await expectSources(fresh, [
    { name: 'shop.txt', kind: 'custom', records: 3, rejected: 1 },
    { name: 'shop.toml', kind: 'log-format', records: 1 },
  ]);
});

test('a source that is not recognised is described from its own lines', async ({ app: page }) => {
  await drop(page, LOG);
  await expectSources(page, [{ name: 'shop.txt', records: 0 }]);
  await go(page, 'Sources');
  await page.getByRole('button', { name: 'shop.txt', exact: true }).click();
  await page.getByRole('button', { name: 'Describe its lines' }).click();
  const dialog = page.getByRole('dialog', { name: 'Describe a log' });
  await expect(dialog.getByLabel('Some lines of the log')).toHaveValue(LINES.join('\n'));
  await dialog.getByLabel('Name', { exact: true }).fill('Shop');
  await dialog.getByLabel('Described').selectOption('grok');
  await dialog.getByRole('textbox', { name: 'Pattern', exact: true }).fill('%{TIMESTAMP_ISO8601:time} %{LOGLEVELS:level}');
  await expect(dialog.getByText(/LOGLEVELS is no pattern that is known.*\(at character 27\)/)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Pattern', exact: true }).fill('^%{TIMESTAMP_ISO8601:time} %{LOGLEVEL:level} \\[%{DATA:thread}\\] %{WORD:user} %{GREEDYDATA:message}');
  await expect(dialog.getByText('3 records read, 1 line rejected')).toBeVisible();
  await dialog.getByLabel('Lines of a record').selectOption('matching');
  await expect(dialog.getByText('3 records read, 0 lines rejected')).toBeVisible();
  await dialog.getByRole('button', { name: 'Use now' }).click();
  await expectSources(page, [{ name: 'shop.txt', kind: 'custom', records: 3, rejected: 0 }]);
});
