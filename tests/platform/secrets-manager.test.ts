import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import type { SecretsManager } from '#local/secrets-manager.ts';
import { serveTestSecrets } from '#tests/support/secrets.ts';

let server: SecretsManager;
let client: SecretsManagerClient;
beforeAll(async () => {
  server = await serveTestSecrets({
    'arn:long': 'a secret of the stack, long and of high entropy',
    'arn:short': 'short',
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SecretsManagerClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

test('a function reads a secret of the stack by its ARN', async () => {
  expect(await secretReader(client)('arn:long')).toBe('a secret of the stack, long and of high entropy');
});

test('one that the stack does not have is told as Secrets Manager tells it', async () => {
  await expect(secretReader(client)('arn:none')).rejects.toThrow(ResourceNotFoundException);
});

test('one too short to be a secret is refused, without being told', async () => {
  await expect(secretReader(client)('arn:short')).rejects.toThrow(
    'the secret arn:short has fewer than 32 characters',
  );
});
