import { describeInBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';

describeInBrowser('the API page', () => {
  const shop = shopWithBrowser();

  test('a first request is sent from the OpenAPI document, with a token at hand', async () => {
    const { page, errors, findings } = await openConsole(
      shop.browser,
      `${shop.stack.running.consoleUrl}/#/api`,
    );
    await page.getByText('Requests are sent as ada', { exact: false }).waitFor();
    expect(await findings()).toEqual([]);
    await page
      .getByRole('button', { name: /POST.*\/orders/i })
      .first()
      .click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('201', { exact: true }).first().waitFor();

    expect((await fetch(`${shop.stack.running.apiUrl}/orders/o-1`)).status).toBe(200);
    // The API itself was asked, with a token.
    const rows = await (await fetch(`${shop.stack.running.consoleUrl}/api/invocations?search=eyJ`)).json();
    expect(rows).toMatchObject([{ by: 'POST /orders', outcome: '201' }]);
    expect(errors).toEqual([]);
  }, 60_000);

  test('the API is asked for the page only', async () => {
    expect((await fetch(`${shop.stack.running.consoleUrl}/proxy/orders/o-1`)).status).toBe(403);
  });
});
