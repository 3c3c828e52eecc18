import type { Browser } from 'playwright-core';
import type { LaunchedStack } from '../../src/launch.ts';
import { describeInBrowser, launchBrowser } from './support/browser.ts';
import { openConsole } from './support/open.ts';
import { shopStack } from './support/stack.ts';

describeInBrowser('the frame of the console', () => {
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

  test('it shows the service and its pages, without an error or a finding of axe-core', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { page, errors, findings } = await openConsole(browser, stack.running.consoleUrl, { theme });
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
