import { describeInBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';

describeInBrowser('metrics and alarms', () => {
  const shop = shopWithBrowser();
  const command = (path: string) => fetch(`${shop.stack.running.consoleUrl}${path}`, { method: 'POST' });

  test('an alarm shows its threshold, its states and the way to what caused it', async () => {
    const { page, errors, findings } = await openConsole(
      shop.browser,
      `${shop.stack.running.consoleUrl}/#/metrics`,
    );
    const alarm = page.getByRole('region', { name: /InvoicesFail/ });
    await alarm.getByRole('img', { name: /alarm ≥ 1: .*/ }).waitFor();
    await page.getByRole('region', { name: 'Iterator age' }).getByRole('img').waitFor();
    expect(await findings()).toEqual([]);

    const body = JSON.stringify({ id: 'o-1', customer: 'broken', delivery: 'letter' });
    await fetch(`${shop.stack.running.apiUrl}/orders`, { method: 'POST', body });
    await fetch(`${shop.stack.running.consoleUrl}/quiet?timeout=1000`);
    await command('/queues/Invoices/skip-waits');
    await command('/alarms/evaluate');

    await alarm.getByText('alarm', { exact: true }).waitFor();
    await alarm
      .getByText(/^Threshold Crossed/)
      .first()
      .waitFor();
    await page.reload();
    await alarm.getByRole('link', { name: 'messages in InvoicesDead' }).waitFor();
    await page.getByRole('link', { name: '1 alarm' }).waitFor();
    expect(await findings()).toEqual([]);
    expect(errors).toEqual([]);
  }, 60_000);
});
