// Narrower windows: nothing is pushed out of reach.
import { expect, test } from './fixture.mjs';
import { drawn, openSample, settled } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'looked at in the served app');

/** How far the page scrolls sideways, and the controls that stand outside of it. */
const wide = (page) => page.evaluate(async () => {
  // Charts take their size from what was laid out, a frame later.
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const root = document.scrollingElement;
  const beyond = [...document.querySelectorAll('main button, main select, main input, header button, header input, nav button')]
    .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, .vtable-scroll, [tabindex="0"]'))
    .filter((element) => { const box = element.getBoundingClientRect(); return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1); })
    .map((element) => element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40));
  return { page: root.scrollWidth - root.clientWidth, beyond };
});
const held = { page: 0, beyond: [] };
/** All of it is held, once the page has been laid out anew. */
const expectHeld = (page, where) => expect.configure({ soft: true }).poll(() => wide(page), where).toEqual(held);

for (const width of [1280, 1024, 820]) {
  test(`${width} pixels wide: no sideways scrolling, every control in reach`, async ({ app }) => {
    await app.setViewportSize({ width, height: 800 });
    await expectHeld(app, 'start');
    await app.setViewportSize({ width: 1440, height: 900 });
    await openSample(app);
    await app.setViewportSize({ width, height: 800 });
    const views = await app.locator('nav .nav-item').evaluateAll((all) => all.map((item) => item.title));
    expect(views.length).toBeGreaterThan(5);
    expect(views).toContain('Findings');
    for (const view of views) {
      await app.locator(`nav .nav-item[title="${view}"]`).click();
      await expect(app.locator('nav [aria-current=page]')).toHaveAttribute('title', view);
      await drawn(app, 0);
      // At 1024 its last category was cut off; at 820 the page scrolled sideways and Download stood outside.
      if (view === 'Findings') await expect(app.getByRole('region', { name: 'Checks' }).locator('tbody tr').first()).toBeVisible();
      await expectHeld(app, view);
      // Both halves of the switch stand there whole.
      for (const name of ['UTC', 'Local']) {
        const half = app.getByRole('group', { name: 'Time zone' }).getByRole('button', { name });
        await expect.poll(async () => (await half.boundingBox())?.width, `${view}, ${name}`).toBeGreaterThan(30);
        await expect(half).toBeInViewport({ ratio: 1 });
      }
      // A click would arrive: nothing lies over them.
      for (const control of [
        app.getByRole('button', { name: 'Add files', exact: true }),
        app.locator('#filter'),
        app.locator('#search'),
        app.getByRole('button', { name: 'Time range', exact: true }),
        app.getByRole('group', { name: 'Time zone' }).getByRole('button', { name: 'Local' }),
        app.getByRole('button', { name: /^Colours/ }),
        app.getByRole('button', { name: 'Keys', exact: true }),
        ...(['Events', 'Traffic', 'Trail', 'Findings'].includes(view) ? [app.locator('.toolbar').getByRole('button', { name: /^Download/ })] : []),
      ]) await control.click({ trial: true, timeout: 15_000 });
    }
    await app.locator('nav .nav-item[title="Events"]').click();
    await app.locator('.vtable-row').first().click();
    await expect(app.getByRole('button', { name: 'Close the record' })).toBeInViewport();
    await settled(app);
    await expectHeld(app, 'record');
    for (const menu of ['Time range', 'Add files']) {
      await app.getByRole('button', { name: menu, exact: true }).click();
      await expect(app.locator('.menu-panel')).toBeVisible();
      await expectHeld(app, `${menu} menu`);
      await app.keyboard.press('Escape');
    }
  });
}

// The two columns of the start lie over each other there.
test('820 pixels wide: the sample can be opened', async ({ app }) => {
  await app.setViewportSize({ width: 820, height: 800 });
  await app.getByRole('button', { name: 'Open the sample' }).click({ trial: true, timeout: 15_000 });
});
