// What a view asks, opened as a text in the editor.
import { expect, test } from './fixture.mjs';
import { drawn, go, openSample } from './person.mjs';

/** The text in the address. */
const asked = (page) => new URLSearchParams(new URL(page.url()).hash.replace(/^[^?]*/, '')).get('q') ?? '';
const show = (page) => page.locator('main').getByRole('button', { name: 'Show query', exact: true });

test('every view with a main question opens it in the editor', async ({ app }) => {
  await openSample(app);
  for (const [view, ...parts] of [
    ['Traffic', 'SOURCE vpc-flow', '| stats sum(bytes) as sum_bytes'],
    ['Overview', 'by bin('], ['Trail', 'by principal, bin('], ['Config', 'SOURCE config'], ['Findings', 'fields @timestamp, findingStatus'], ['Events', 'fields @timestamp, @kind'],
  ]) {
    await go(app, view);
    await drawn(app, 0);
    await show(app).click();
    await expect(app).toHaveURL(/#\/query\?.*\bq=/);
    for (const part of parts) await expect.configure({ soft: true }).poll(() => asked(app), view).toContain(part);
  }
});

test('what was being written does not stand before what is shown', async ({ app }) => {
  await openSample(app);
  await go(app, 'Query');
  const editor = app.getByRole('textbox', { name: /^Query;/ });
  await editor.fill('fields mine');
  await go(app, 'Events');
  await go(app, 'Query');
  await expect(editor).toHaveValue('fields mine');
  await go(app, 'Traffic');
  await drawn(app);
  await show(app).click();
  await expect(editor).toHaveValue(/SOURCE vpc-flow/);
});
