import type { Page } from 'playwright-core';
import { z } from 'zod';
import { until } from '../running/support/processes.ts';
import { describeInBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';
import { order } from './support/stack.ts';

const Dead = z.object({ messages: z.array(z.unknown()) });

describeInBrowser('the page of queues and failures', () => {
  const shop = shopWithBrowser(async () => {
    for (const id of ['order-one', 'order-two', 'order-three'])
      await order(shop.stack, { id, customer: 'broken' });
    await until(
      'all three are given up',
      async () => {
        await skipWaits();
        const { messages } = Dead.parse(await (await fetch(deadLetters())).json());
        return messages.length === 3;
      },
      60,
    );
  });

  const skipWaits = () =>
    fetch(`${shop.stack.running.consoleUrl}/queues/Invoices/skip-waits`, { method: 'POST' });
  const deadLetters = () => `${shop.stack.running.consoleUrl}/api/queues/InvoicesDead/messages`;
  const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('checkbox') });

  test('messages show their cause, and are looked at without being received', async () => {
    for (const [theme, width] of [
      ['light', 1440],
      ['dark', 800],
    ] as const) {
      const { page, errors, findings } = await openConsole(
        shop.browser,
        `${shop.stack.running.consoleUrl}/#/queues/InvoicesDead`,
        { theme, width },
      );
      await rows(page).nth(2).waitFor();
      expect(await rows(page).getByText('invoice failed').count()).toBe(3);
      const receives = () => rows(page).first().getByRole('cell').nth(3).textContent();
      const before = await receives();
      await page.reload();
      await rows(page).nth(2).waitFor();
      expect(await receives()).toBe(before);
      expect(await findings()).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    }
  }, 60_000);

  test('one is sent back by mouse, fails again, and its trace goes on where it was', async () => {
    const { page, errors } = await openConsole(
      shop.browser,
      `${shop.stack.running.consoleUrl}/#/queues/InvoicesDead`,
    );
    await rows(page).nth(2).waitFor();
    const id = await rows(page).first().locator('summary').textContent();
    await rows(page).first().getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Send back 1 chosen' }).click();
    await page.getByText('1 sent back to Invoices.').waitFor();
    await skipWaits();
    await rows(page).nth(2).waitFor();
    await page.goto(`${shop.stack.running.consoleUrl}/#/trace/${id}`);
    const steps = page.getByRole('list', { name: 'Steps' });
    await steps.getByText('redriven').waitFor();
    expect(await steps.getByText('given up').count()).toBe(2);
    expect(errors).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('one is discarded only after a question', async () => {
    const { page, findings } = await openConsole(
      shop.browser,
      `${shop.stack.running.consoleUrl}/#/queues/InvoicesDead`,
    );
    await rows(page).nth(2).waitFor();
    await rows(page).first().getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Discard 1 chosen' }).click();
    expect(await findings()).toEqual([]);
    await page.getByRole('button', { name: 'Keep' }).click();
    expect(await rows(page).count()).toBe(3);
    await page.getByRole('button', { name: 'Discard 1 chosen' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('1 discarded.').waitFor();
    await page.getByRole('button', { name: 'Discard all 2' }).waitFor();
    await page.context().close();
  }, 60_000);

  test('all are sent back by keyboard', async () => {
    const { page, errors } = await openConsole(
      shop.browser,
      `${shop.stack.running.consoleUrl}/#/queues/InvoicesDead`,
    );
    await rows(page).nth(1).waitFor();
    const button = page.getByRole('button', { name: 'Send back all 2' });
    for (let presses = 0; presses < 60; presses += 1) {
      if (await button.evaluate((element) => element.matches(':focus'))) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText('2 sent back to Invoices.').waitFor();
    await page.getByText('Empty', { exact: true }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  }, 60_000);
});
