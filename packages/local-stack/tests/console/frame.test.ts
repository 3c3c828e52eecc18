import { describeInBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';

describeInBrowser('the frame of the console', () => {
  const shop = shopWithBrowser();

  test('it shows the service and its pages, without an error or a finding of axe-core', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { page, errors, findings } = await openConsole(shop.browser, shop.stack.running.consoleUrl, {
        theme,
      });
      await page.getByText('shop-dev', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Map' }).click();
      await page.reload();
      await page.getByText('shop-dev', { exact: true }).waitFor();
      expect(await findings()).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    }
  });
});
