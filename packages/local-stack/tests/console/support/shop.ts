import type { Browser } from 'playwright-core';
import type { LaunchedStack } from '../../../src/launch.ts';
import { launchBrowser } from './browser.ts';
import { shopStack } from './stack.ts';

const START_MS = 240_000;

export interface Shop {
  readonly stack: LaunchedStack;
  readonly browser: Browser;
}

/**
 * A stack of the small shop and a browser, for the tests of a `describe`.
 * @param prepare what has to be there before the first test
 */
export const shopWithBrowser = (prepare: (shop: Shop) => Promise<void> = async () => {}): Shop => {
  let started: (Shop & { end: () => Promise<void> }) | undefined;
  const running = () => {
    if (!started) throw new Error('the shop runs within tests only');
    return started;
  };
  const shop: Shop = {
    get stack() {
      return running().stack;
    },
    get browser() {
      return running().browser;
    },
  };
  beforeAll(async () => {
    const { stack, end } = await shopStack();
    try {
      started = { stack, end, browser: await launchBrowser() };
    } catch (error) {
      await end();
      throw error;
    }
    await prepare(shop);
  }, START_MS);
  afterAll(async () => {
    await started?.browser.close();
    await started?.end();
  });
  return shop;
};
