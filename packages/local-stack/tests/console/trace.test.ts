import { describeInBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';
import { order } from './support/stack.ts';

describeInBrowser('the trace page', () => {
  const shop = shopWithBrowser();

  test('a request is followed to its last effects, with what kept a message out and what allowed a call', async () => {
    await order(shop.stack, { id: 'order-letter', delivery: 'letter' });
    await order(shop.stack, { id: 'order-parcel', delivery: 'parcel' });
    await shop.stack.untilQuiet(20_000);
    for (const theme of ['light', 'dark'] as const) {
      const { page, errors, findings } = await openConsole(
        shop.browser,
        `${shop.stack.running.consoleUrl}/#/trace`,
        {
          theme,
          width: theme === 'dark' ? 800 : 1440,
        },
      );
      await page.getByLabel('Search the traces').fill('order-letter');
      await page.keyboard.press('Enter');
      const row = page.getByRole('link', { name: 'POST /orders' });
      await row.waitFor();
      expect(await row.count()).toBe(1);
      expect(await findings()).toEqual([]);
      await row.click();
      const steps = page.getByRole('list', { name: 'Steps' });
      await steps.getByText('delivery is letter, wanted ["parcel"]').waitFor();
      const text = await steps.textContent();
      for (const part of [
        'PutItem',
        'INSERT in the stream',
        'Publish',
        'filtered out',
        'delivered',
        'checkpoint',
      ])
        expect(text).toContain(part);
      expect(text).not.toContain('order-parcel');

      // By keyboard: the call's statement and JSON.
      await steps.getByRole('button', { name: /PutItem/ }).focus();
      await page.keyboard.press('Enter');
      await page.getByText(/PolicyDocument\.Statement\[\d\]/).waitFor();
      await page.getByRole('region', { name: 'request' }).getByText('"order-letter"').first().waitFor();
      await page.reload();
      await steps.getByText('filtered out').waitFor();
      expect(await findings()).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    }
  }, 90_000);

  test('no value of a secret and no token is in it', async () => {
    const { page } = await openConsole(shop.browser, `${shop.stack.running.consoleUrl}/#/trace`);
    const all = await page.evaluate(async () => {
      const list: { root: string }[] = JSON.parse(await (await fetch('/api/traces')).text());
      const traces = await Promise.all(
        list.map(async ({ root }) => (await fetch(`/api/traces/${encodeURIComponent(root)}`)).text()),
      );
      return traces.join('\n');
    });
    expect(all).toContain('order-letter');
    expect(all).not.toMatch(/Bearer ey/);
    await page.context().close();
  });
});
