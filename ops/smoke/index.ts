// Sends one post through a running service: npm run smoke -- --help
import { z } from 'zod';
import { parseOptions, runTool } from '../run-tool.ts';
import { StageFailed, smokeTest } from './smoke-test.ts';

const HELP = `npm run smoke -- --api <url> --token <access token> [--timeout <seconds>]

Writes a post, reads it, waits until search finds it, removes it, and waits until search has forgotten it. Subscribers
that tell people something ignore it. Ends with 0, or with 1 and the stage that failed.

  --api <url>          URL of the API: the stack's output HttpApiUrl, or http://127.0.0.1:3000
  --token <token>      an access token: npm run -s token -- --email <address>, or from the local stack's token issuer
  --timeout <seconds>  time for search to find the post, and to drop it again (default: 60)`;

const Options = z.object({
  api: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL: --api http://127.0.0.1:3000' })
    .transform((url) => url.replace(/\/$/, '')),
  token: z.string('is missing: --token <access token>').min(1, 'is empty: --token <access token>'),
  timeout: z.coerce
    .number('must be a number of seconds above 0')
    .positive('must be a number of seconds above 0')
    .default(60),
});

const OPTIONS = { api: { type: 'string' }, token: { type: 'string' }, timeout: { type: 'string' } } as const;

await runTool({ help: HELP, options: OPTIONS }, async ({ values }) => {
  const { api, token, timeout } = parseOptions(Options, values);
  try {
    const correlationId = await smokeTest({
      apiUrl: api,
      token,
      timeoutSeconds: timeout,
      onPassed: (stage, milliseconds) =>
        void process.stdout.write(`✓ ${stage.padEnd(6)}  ${milliseconds} ms\n`),
    });
    process.stdout.write(`Passed. Its correlation id is ${correlationId}.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StageFailed)) throw error;
    process.stderr.write(
      `✗ ${error.stage}\nThe smoke test failed at the stage "${error.stage}". ${error.message}\n`,
    );
    return 1;
  }
});
