// What a person does with the page, and what they read from it.
import { expect } from './fixture.mjs';

const as = (files) => Object.entries(files).map(([name, bytes]) => ({ name, bytes: Buffer.from(bytes) }));

/** Chooses files with the browser's picker: at the start, or once something is open by "Add files". */
export async function pick(page, files) {
  const list = as(files).map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: bytes }));
  const add = page.getByRole('button', { name: 'Add files', exact: true });
  const input = page.locator('#pick-files');
  await expect(add.or(input).first()).toBeAttached(); // a page that has just been loaded
  const later = await add.count() > 0;
  if (later) await add.click();
  await input.setInputFiles(list);
  if (later) await page.keyboard.press('Escape');
}

/** What a drag over the page carries. */
function carry(page, files) {
  const list = as(files).map(({ name, bytes }) => [name, bytes.toString('base64')]);
  return page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const [name, text] of all) {
      data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    }
    return data;
  }, list);
}

/** Drags files over the page. */
export async function dragOver(page, files) {
  await page.dispatchEvent('main', 'dragover', { dataTransfer: await carry(page, files) });
}

/** Drops files on the page. */
export async function drop(page, files) {
  await page.dispatchEvent('main', 'drop', { dataTransfer: await carry(page, files) });
}

export const sources = (page) => page.evaluate(() => trailbeam.sources());

/** Waits until all is read and no view waits for an answer: what stands in the page then is the answer to what was asked last. */
export const settled = (page) => page.evaluate(() => trailbeam.settled());

/** Waits until the sources are these, in this order, and the views know. */
export async function expectSources(page, expected) {
  await expect.poll(() => sources(page)).toMatchObject(expected);
  await settled(page);
  // A file of no records looks the same before it is read.
  expect(await sources(page)).toMatchObject(expected);
}

/** A view by the navigation. */
export async function go(page, title) {
  await page.locator('nav').getByRole('button', { name: title }).click();
}

/** The count that stands beside a view in the navigation. */
export const navCount = (page, title) => page.locator('nav').getByRole('button', { name: title }).locator('.count');

/** A row of the Sources view. */
export const sourceRow = (page, name) => page.locator('.sources-table tbody tr').filter({ has: page.getByRole('button', { name, exact: true }) });

/** Rows of the Events table that hold a record. */
export const eventRows = (page) => page.getByRole('grid', { name: 'Records' }).locator('.vtable-row');

/** The sentence of the status bar. */
export const statusBar = (page) => page.locator('.statusbar');

/** How many records match, as the filter bar says it. */
export const matched = (page) => page.locator('.filterbar-row > [aria-live]');

/** Types a filter and commits it. */
export async function filter(page, text) {
  const input = page.locator('#filter');
  await input.fill(text);
  await input.press('Escape'); // the list of suggestions, so that Enter means what was typed
  await input.press('Enter');
}

/**
 * Opens files of this disk through the scripting interface, as Files of a picker: the browser reads them itself.
 * @returns {Promise<object[]>} one outcome per path, in order
 */
export async function openPaths(page, paths) {
  const input = await page.evaluateHandle(() => Object.assign(document.createElement('input'), { type: 'file', multiple: true }));
  await input.setInputFiles(paths);
  return input.evaluate(({ files }) => trailbeam.open([...files]));
}

/** Saves a table by the menu "Download …" that offers it, once it is all there; the file's path. */
export async function saved(page, menu, table, form) {
  await settled(page);
  const open = page.getByRole('button', { name: `Download ${menu}`, exact: true });
  await open.click();
  const way = page.getByRole('group', { name: table, exact: true }).getByRole('button', { name: form, exact: true });
  const [download] = await Promise.all([page.waitForEvent('download'), way.click()]);
  return download.path();
}

/** The rows of a CSV text (RFC 4180), by the names of its first line. */
export function rowsOfCsv(text) {
  const lines = [];
  let line = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && line.length === 0 && !quoted && !plain) break;
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') {
      lines.push(line);
      line = [];
    }
  }
  const [names, ...rows] = lines;
  return rows.map((cells) => Object.fromEntries(names.map((name, n) => [name, cells[n]])));
}

/** Opens the built-in sample as a person does at the start, and waits until all of it is read. */
export async function openSample(page) {
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await expect.poll(async () => {
    const all = await sources(page);
    return all.length > 0 && all.every(({ sha256 }) => sha256);
  }, { timeout: 60_000 }).toBe(true);
  await expect(matched(page)).toHaveText(/^[\d,]+ of [\d,]+$/); // it opens on the days of its story
  await expect(page.locator('.loading')).toHaveCount(0);
  await settled(page);
}

/**
 * Waits until no view waits for an answer and every chart in sight is drawn, so that none is drawn anew under the pointer.
 * `least` charts have to be there: none where a view need not have one.
 */
export async function drawn(page, least = 1) {
  await settled(page);
  await expect.poll(() => page.locator('.chart-box').evaluateAll((all, some) => (
    all.length >= some && all.every((chart) => chart.getAttribute('aria-label'))
  ), least)).toBe(true);
}
