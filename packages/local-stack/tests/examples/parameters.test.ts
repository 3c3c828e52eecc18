import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Example, startExample } from './example.ts';

/** As on a machine that knows no account. */
const environment = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '' };

let example: Example;
beforeAll(async () => {
  example = await startExample('parameters', { environment });
}, 120_000);
afterAll(() => example.end());

test('variables and references are answered from the file', async () => {
  const answer = await fetch(`${example.stack.running.apiUrl}/settings`);
  expect(await answer.json()).toEqual({
    CURRENCY: 'EUR',
    DOMAIN: 'shop.localhost',
    ACCOUNT: '000000000000',
    LANGUAGE: 'en',
    TOKEN: 'local-token',
    ZONES: 'north,south',
    TAX: '19',
  });
});

test('without the file the start names every variable that it misses', async () => {
  await example.stack.stop();
  rmSync(join(example.directory, 'local.values.yml'));
  const started = example.killAndStart();
  await expect(started).rejects.toThrow(/no ssm: \/shop\/currency/);
  await expect(started).rejects.toThrow(/Value not found at "cf" source/);
}, 60_000);
