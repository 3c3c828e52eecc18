import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';

/** A tab of the console that remembers what a person would not see: errors of the page. */
export interface ConsoleTab {
  page: Page;
  /** Messages of errors in the page and in its console, and answers with a failure. */
  errors: string[];
  /** What axe-core finds, one line each; Swagger UI's own contrasts are not this package's. */
  findings(): Promise<string[]>;
}

export const openConsole = async (
  browser: Browser,
  url: string,
  options: { theme?: 'light' | 'dark'; width?: number } = {},
): Promise<ConsoleTab> => {
  const context = await browser.newContext({
    colorScheme: options.theme ?? 'light',
    viewport: { width: options.width ?? 1440, height: 900 },
    // axe-core is put into the page, which forbids scripts from elsewhere.
    bypassCSP: true,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    errors,
    findings: async () => {
      await page.evaluate(axe.source);
      const violations = await page.evaluate(async () => {
        // @ts-expect-error axe-core has put itself there
        const results = await window.axe.run({ exclude: ['.explorer'] });
        return results.violations.flatMap(
          ({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
            nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
        );
      });
      return violations;
    },
  };
};
