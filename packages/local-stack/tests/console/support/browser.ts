import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser for the page's tests: `CHROMIUM` names another one. */
const executablePath = [process.env.CHROMIUM, ...PLACES].find(
  (place): place is string => place !== undefined && existsSync(place),
);

/**
 * `describe` for tests in a browser. Without one they are skipped with a word about it; where `CI` is set they fail,
 * so that nothing passes there untested.
 */
export const describeInBrowser = (name: string, tests: () => void): void => {
  if (executablePath !== undefined) describe(name, tests);
  else if (process.env.CI)
    test(name, () => expect('no chromium').toBe('a chromium to test the console with'));
  else {
    process.stderr.write(`SKIPPED, no chromium found (apt-get install chromium, or set CHROMIUM): ${name}\n`);
    describe.skip(name, tests);
  }
};

/** Without a sandbox: in containers Chromium runs as root, and it shows the local stack's page only. */
export const launchBrowser = () =>
  chromium.launch({ args: ['--no-sandbox'], ...(executablePath !== undefined && { executablePath }) });
