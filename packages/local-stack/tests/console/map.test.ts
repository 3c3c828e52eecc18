import { describeInBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';

describeInBrowser('the map', () => {
  const shop = shopWithBrowser();

  test('it draws what the template declares, and shows a node with its source, arrows and rights', async () => {
    const { page, errors, findings } = await openConsole(shop.browser, shop.stack.running.consoleUrl, {
      width: 800,
    });
    await page.getByRole('button', { name: 'InvoicesDead' }).waitFor();
    await page.getByText('delivery: parcel', { exact: true }).waitFor();

    await page.getByRole('button', { name: /^publish/ }).press('Enter');
    const panel = page.getByRole('complementary', { name: 'PublishLambdaFunction' });
    await panel.getByText('Declared in serverless.yml').waitFor();
    await panel.getByText('sns:Publish', { exact: true }).first().waitFor();
    await panel.getByRole('link', { name: 'OrderEvents' }).waitFor();
    // The panel is in the address: a reload shows it again.
    await page.reload();
    await panel.getByText('handler: functions.publish').waitFor();
    expect(await findings()).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('a schedule is fired by a button on its node', async () => {
    const { page, findings } = await openConsole(shop.browser, shop.stack.running.consoleUrl);
    await page.getByRole('button', { name: /^ShipEventsRuleSchedule1/ }).press('Enter');
    const panel = page.getByRole('complementary', { name: 'ShipEventsRuleSchedule1' });
    await panel.getByText('rate(1 day)', { exact: true }).first().waitFor();
    await panel.getByRole('button', { name: 'Fire now' }).click();
    await panel.getByRole('status').getByText('fired').waitFor();
    expect(await findings()).toEqual([]);
    // The invocation says who sent it.
    await shop.stack.untilQuiet(10_000);
    const traces = await fetch(`${shop.stack.running.consoleUrl}/api/traces?search=Records`);
    expect(JSON.stringify(await traces.json())).toContain('in the queue of the function');
  });

  test('its numbers follow the traffic, and it shows no value of a secret', async () => {
    const { page } = await openConsole(shop.browser, shop.stack.running.consoleUrl);
    const order = { id: 'o-1', customer: 'ada', delivery: 'letter' };
    await fetch(`${shop.stack.running.apiUrl}/orders`, { method: 'POST', body: JSON.stringify(order) });
    await page.getByRole('button', { name: /^Orders .*\/s/ }).waitFor();
    await page.getByRole('button', { name: /^api .*\/s/ }).click();
    const panel = page.getByRole('complementary', { name: 'ApiLambdaFunction' });
    await panel.getByText('"PAYMENT_KEY": "[secret]"').waitFor();
  });
});
