import type { Browser } from 'playwright-core';
import type { LaunchedStack } from '../../src/launch.ts';
import { describeInBrowser, launchBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopStack } from './support/stack.ts';

describeInBrowser('the API page', () => {
  let stack: LaunchedStack;
  let end: () => Promise<void>;
  let browser: Browser;
  beforeAll(async () => {
    ({ stack, end } = await shopStack());
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await end?.();
  });

  test('a first request is sent from the OpenAPI document, with a token at hand', async () => {
    const { page, errors, findings } = await openConsole(browser, `${stack.running.consoleUrl}/#/api`);
    await page.getByText('Requests are sent as ada', { exact: false }).waitFor();
    expect(await findings()).toEqual([]);
    await page
      .getByRole('button', { name: /POST.*\/orders/i })
      .first()
      .click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('201', { exact: true }).first().waitFor();

    expect((await fetch(`${stack.running.apiUrl}/orders/o-1`)).status).toBe(200);
    // The API itself was asked, with a token.
    const rows = await (await fetch(`${stack.running.consoleUrl}/api/invocations?search=eyJ`)).json();
    expect(rows).toMatchObject([{ by: 'POST /orders', outcome: '201' }]);
    expect(errors).toEqual([]);
  }, 60_000);

  test('the API is asked for the page only', async () => {
    expect((await fetch(`${stack.running.consoleUrl}/proxy/orders/o-1`)).status).toBe(403);
  });
});
