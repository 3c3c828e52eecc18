import { describeInBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';

describeInBrowser('the invocations', () => {
  const shop = shopWithBrowser();
  const order = (body: object) =>
    fetch(`${shop.stack.running.apiUrl}/orders`, { method: 'POST', body: JSON.stringify(body) });
  const open = (path: string, options: Parameters<typeof openConsole>[2] = {}) =>
    openConsole(shop.browser, `${shop.stack.running.consoleUrl}/#/${path}`, options);

  test('what is invoked appears by itself; one shows event, answer, duration, cold start and log', async () => {
    const { page, errors, findings } = await open('invocations');
    await page.getByText('No invocation yet').waitFor();
    expect(await findings()).toEqual([]);
    await order({ id: 'o-1', customer: 'ada', delivery: 'letter' });

    await page.getByRole('link', { name: /api POST \/orders .*cold 201/ }).click();
    const one = page.getByRole('article', { name: 'Invocation' });
    await one.getByText('cold start').waitFor();
    await one.getByText('order taken').waitFor();
    await one.getByText(/^\d+ MB, garbage included, of 1024 MB$/).waitFor();
    await page.reload();
    await one.getByText('"statusCode": 201').waitFor();
    expect(await findings()).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('a failed one is found by a search, and invoked again with an edited event', async () => {
    await order({ customer: 'nobody' });
    const { page, errors, findings } = await open('invocations', { theme: 'dark', width: 800 });
    await page.getByRole('checkbox', { name: 'failed' }).check();
    await page.getByRole('searchbox').fill('without an id');
    await page.getByRole('link', { name: /api POST .*an order without an id/ }).click();
    const one = page.getByRole('article', { name: 'Invocation' });
    // A place in the service's code.
    await one
      .getByRole('link', { name: /functions\.mjs:\d+:\d+/ })
      .first()
      .waitFor();
    expect(await findings()).toEqual([]);

    await one.getByRole('button', { name: 'Edit the event' }).click();
    const event = one.getByRole('textbox', { name: 'Event to send' });
    await event.fill(
      (await event.inputValue()).replace('{\\"customer\\"', '{\\"id\\":\\"o-2\\",\\"customer\\"'),
    );
    await one.getByRole('button', { name: 'Send' }).click();
    await one.getByText('"statusCode": 201').waitFor();
    expect((await fetch(`${shop.stack.running.apiUrl}/orders/o-2`)).status).toBe(200);
    expect(errors).toEqual([]);
  });

  test('a sample of events/ is sent with one click, to the function of its route', async () => {
    const { page, errors, findings } = await open('invocations/send');
    await page.getByRole('button', { name: 'api-order' }).waitFor();
    expect(await findings()).toEqual([]);
    await page.getByRole('button', { name: 'api-order' }).click();
    await page.getByRole('article', { name: 'Invocation' }).getByText('"statusCode": 201').waitFor();
    expect((await fetch(`${shop.stack.running.apiUrl}/orders/sample-1`)).status).toBe(200);
    expect(errors).toEqual([]);
  });
});
