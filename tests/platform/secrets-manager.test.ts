import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import type { SecretsManager } from '#local/secrets-manager.ts';
import { serveTestSecrets } from '#tests/support/secrets.ts';

const SECRET = 'a secret of the stack, long and of high entropy';
let server: SecretsManager;
let client: SecretsManagerClient;
const newClient = () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new SecretsManagerClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
};
beforeAll(async () => {
  server = await serveTestSecrets({ 'arn:long': SECRET, 'arn:short': 'short' });
  client = newClient();
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

/** A reader whose first `failures` attempts fail, and how often it has asked. */
const counted = (failures: number) => {
  let calls = 0;
  const counting = newClient();
  counting.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      if (calls <= failures) throw new Error('throttled');
      return next(args);
    },
    { step: 'initialize' },
  );
  return { read: secretReader('arn:long', counting), calls: () => calls };
};

test('a function reads a secret of the stack by its ARN, once for all who ask', async () => {
  const { read, calls } = counted(0);
  expect(await Promise.all([read(), read()])).toEqual([SECRET, SECRET]);
  expect(await read()).toBe(SECRET);
  expect(calls()).toBe(1);
});

test('a failed attempt is repeated by the next who asks', async () => {
  const { read } = counted(1);
  await expect(read()).rejects.toThrow('throttled');
  expect(await read()).toBe(SECRET);
});

test('one that the stack does not have is told as Secrets Manager tells it', async () => {
  await expect(secretReader('arn:none', client)()).rejects.toThrow(ResourceNotFoundException);
});

test('one too short to be a secret is refused, without being told', async () => {
  await expect(secretReader('arn:short', client)()).rejects.toThrow(
    'the secret arn:short has fewer than 32 characters',
  );
});
