// In the place of the embedded engines' modules, while the tests run against moto: see jest.config.cjs.
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const endpoint = process.env.SECOND_ENGINE ?? '';

/** Every test file finds an empty engine, as it would find a new one. */
const start = async () => {
  await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
  return { endpoint, stop: async () => {} };
};

export { start as startDynoxide, start as startFauxqs };

export const serveTestSecrets = async (secrets: Readonly<Record<string, string>>) => {
  const client = new SecretsManagerClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  for (const [Name, SecretString] of Object.entries(secrets))
    await client.send(new CreateSecretCommand({ Name, SecretString }));
  client.destroy();
  return { endpoint, close: async () => {} };
};
