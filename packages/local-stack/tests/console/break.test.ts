import type { Page } from 'playwright-core';
import { z } from 'zod';
import { until } from '../running/support/processes.ts';
import { describeInBrowser } from './support/browser.ts';
import { type ConsoleTab, openConsole } from './support/open.ts';
import { shopWithBrowser } from './support/shop.ts';
import { order } from './support/stack.ts';

const Queues = z.object({
  queues: z.record(z.string(), z.object({ visible: z.number(), inFlight: z.number() })),
});

describeInBrowser('the page that breaks things', () => {
  let tab: ConsoleTab;
  const shop = shopWithBrowser(async () => {
    tab = await openConsole(shop.browser, `${shop.stack.running.consoleUrl}/#/break`);
  });

  let orders = 0;
  const newOrder = () => {
    orders += 1;
    return order(shop.stack, { id: `order-${orders}` });
  };
  const waiting = async (name: string): Promise<number> => {
    const { queues } = Queues.parse(await (await fetch(`${shop.stack.running.consoleUrl}/status`)).json());
    const [, queue] = Object.entries(queues).find(([key]) => key.includes(name)) ?? [];
    return (queue?.visible ?? 0) + (queue?.inFlight ?? 0);
  };
  const skipWaits = (queue: string) =>
    fetch(`${shop.stack.running.consoleUrl}/queues/${queue}/skip-waits`, { method: 'POST' });

  /** Switches something on, sees it on every page and in the terminal, and takes it back after `meanwhile`. */
  const broken = async (name: string | RegExp, meanwhile: (page: Page) => Promise<void>) => {
    const { page } = tab;
    const toggle = page.getByRole('switch', { name });
    await toggle.click();
    await page.getByText('1 broken on purpose').waitFor();
    expect(await toggle.getAttribute('aria-checked')).toBe('true');
    expect(shop.stack.output()).toContain('BROKEN');
    await meanwhile(page);
    await toggle.click();
    await page.getByText('1 broken on purpose').waitFor({ state: 'detached' });
    expect(await toggle.getAttribute('aria-checked')).toBe('false');
    expect(shop.stack.output()).toContain('REPAIRED');
  };

  test('without an error or a finding of axe-core, in light and dark, wide and narrow', async () => {
    for (const [theme, width] of [
      ['light', 1440],
      ['dark', 800],
    ] as const) {
      const { page, errors, findings } = await openConsole(
        shop.browser,
        `${shop.stack.running.consoleUrl}/#/break`,
        {
          theme,
          width,
        },
      );
      await page.getByRole('switch', { name: 'ApiLambdaFunction throws' }).waitFor();
      await page
        .getByText(/^rights/)
        .first()
        .click();
      expect(await findings()).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    }
  }, 60_000);

  test('a function throws, and no longer', async () => {
    await broken('ApiLambdaFunction throws', async () => expect(await newOrder()).toBe(500));
    expect(await newOrder()).toBe(201);
  }, 60_000);

  test('a function is slow, and hangs until its time is over', async () => {
    await broken('ApiLambdaFunction is slow', async () => {
      const began = Date.now();
      await newOrder();
      expect(Date.now() - began).toBeGreaterThan(2_900);
    });
    await broken('ApiLambdaFunction hangs', async () => expect(await newOrder()).toBe(500));
    expect(await newOrder()).toBe(201);
  }, 60_000);

  test('a function crashes in its batch: what it did is done again', async () => {
    await shop.stack.untilQuiet(20_000);
    await broken('ShipLambdaFunction crashes in its batch', async () => {
      await newOrder();
      await until('the message waits to be shipped again', async () => (await waiting('Shipments')) === 1);
    });
    await skipWaits('Shipments');
    await shop.stack.untilQuiet(20_000);
  }, 60_000);

  test('a wrong environment variable, taken back from the list', async () => {
    const { page } = tab;
    await page.getByLabel('Variable of ApiLambdaFunction', { exact: true }).selectOption('ORDERS_TABLE');
    await page.getByRole('button', { name: 'Set the variable of ApiLambdaFunction' }).click();
    await page.getByText('ApiLambdaFunction runs with ORDERS_TABLE=nowhere').waitFor();
    expect(await newOrder()).toBe(500);
    await page.getByRole('button', { name: /Repair: ApiLambdaFunction runs with/ }).click();
    await page.getByText('Nothing is broken.').waitFor();
    expect(await newOrder()).toBe(201);
  }, 60_000);

  test('a right is taken away', async () => {
    const { page } = tab;
    const row = page.getByRole('listitem').filter({ hasText: 'ApiLambdaFunction' }).first();
    await row.getByText(/^rights/).click();
    await broken(/ApiLambdaFunction loses dynamodb:PutItem/, async () => expect(await newOrder()).toBe(500));
    expect(await newOrder()).toBe(201);
  }, 60_000);

  test.each(['throttles', 'is unreachable'])(
    'a table %s',
    async (how) => {
      await broken(`Orders ${how}`, async () => expect(await newOrder()).toBeGreaterThanOrEqual(500));
      expect(await newOrder()).toBe(201);
    },
    60_000,
  );

  test('a topic throttles: the stream waits, and goes on', async () => {
    await shop.stack.untilQuiet(20_000);
    await broken('OrderEvents throttles', async (page) => {
      expect(await newOrder()).toBe(201);
      await page.getByRole('button', { name: 'streams and alarms' }).click();
      await page.getByText('Skipped the waiting times of streams').waitFor();
    });
    await shop.stack.untilQuiet(40_000);
  }, 90_000);

  test(
    'a topic that fails half of a batch is switched and taken back',
    () =>
      broken('OrderEvents fails every second entry of a batch', async () =>
        expect(await newOrder()).toBe(201),
      ),
    60_000,
  );

  test('a queue is unreachable: nothing is received from it', async () => {
    await shop.stack.untilQuiet(20_000);
    await broken('Shipments is unreachable', async () => {
      await newOrder();
      await until('the message waits', async () => (await waiting('Shipments')) === 1);
    });
    await shop.stack.untilQuiet(40_000);
  }, 90_000);

  test('a stream is paused', async () => {
    await shop.stack.untilQuiet(20_000);
    await broken(/Orders is paused for PublishLambdaFunction/, async () => {
      await newOrder();
      const state = await (await fetch(`${shop.stack.running.consoleUrl}/status`)).text();
      expect(state).toContain('Disabled');
      expect(await waiting('Invoices')).toBe(0);
    });
    await shop.stack.untilQuiet(20_000);
  }, 60_000);

  test('a poison record is followed into its trace', async () => {
    const { page } = tab;
    await page.getByRole('combobox', { name: /poison record/ }).selectOption('Invoices');
    await page.getByRole('button', { name: 'Add the record' }).click();
    const link = page.getByRole('link', { name: /follow poison-/ });
    await link.click();
    await page.getByRole('link', { name: 'in the queue' }).waitFor();
    await page.goto(`${shop.stack.running.consoleUrl}/#/break`);
  }, 60_000);

  test('nothing of it went wrong in the page', () => {
    expect(tab.errors).toEqual([]);
  });
});
