import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { ROOT } from './samples.ts';

const command = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');

/** Runs `sls invoke local` without credentials. */
const invokeLocal = (words: readonly string[], environment: Record<string, string> = {}) => {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [command, 'invoke', 'local', ...words],
      {
        cwd: ROOT,
        env: { PATH, HOME, NODE_COMPILE_CACHE, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
      },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
};

test.concurrent('prints the answer to standard output and what it caused to standard error', async () => {
  const { code, stdout, stderr } = await invokeLocal([
    '-f',
    'broadcaster',
    '-p',
    'events/broadcaster-mixed-batch.json',
  ]);
  expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] });
  expect(code).toBe(0);
  const account = stderr.slice(stderr.indexOf('What it caused')).split('\n').slice(1);
  const told = account.map((line) => line.trim().replace(/ {2,}/g, ' ')).filter(Boolean);
  // Subscribers that were added since are told of what they choose.
  const isShipped = /^SNS |(PushNotifications|SearchIndexing|ContentModeration)Queue$/;
  expect(told.filter((line) => isShipped.test(line))).toEqual([
    'SNS PostEventsTopic eventType=INSERT contentType=photo status=published change=published',
    'received PushNotificationsQueue',
    'received SearchIndexingQueue',
    'received ContentModerationQueue',
    'SNS PostEventsTopic eventType=INSERT contentType=text status=draft change=drafted',
    'filtered out PushNotificationsQueue',
    'filtered out SearchIndexingQueue',
    'filtered out ContentModerationQueue',
    'SNS PostEventsTopic eventType=MODIFY contentType=text status=published change=published',
    'received PushNotificationsQueue',
    'received SearchIndexingQueue',
    'received ContentModerationQueue',
    'SNS PostEventsTopic eventType=MODIFY contentType=link status=flagged change=flagged',
    'received PushNotificationsQueue',
    'received SearchIndexingQueue',
    'filtered out ContentModerationQueue',
    'SNS PostEventsTopic eventType=MODIFY contentType=video status=published change=reviewed',
    'filtered out PushNotificationsQueue',
    'filtered out SearchIndexingQueue',
    'filtered out ContentModerationQueue',
    'SNS PostEventsTopic eventType=REMOVE contentType=photo status=published change=removed',
    'filtered out PushNotificationsQueue',
    'received SearchIndexingQueue',
    'filtered out ContentModerationQueue',
  ]);
}, 60_000);

test.concurrent('a function that fails ends the command with its error and a status that is not 0', async () => {
  const { code, stdout, stderr } = await invokeLocal(['-f', 'broadcaster', '-d', '{"Records":null}']);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^TypeError: /m);
}, 60_000);

test.concurrent("with LOCAL=off it is the framework's own command", async () => {
  const { stdout, stderr } = await invokeLocal(['-f', 'getOpenApi', '-p', 'events/get-openapi.json'], {
    LOCAL: 'off',
  });
  expect(JSON.parse(stdout.slice(stdout.indexOf('{\n')))).toMatchObject({ statusCode: 200 });
  expect(stderr).not.toContain('What it caused');
}, 60_000);
