import { secretStore } from '#local/provisioning/secret-store.ts';
import { type SecretsManager, serveSecretsManager } from '#local/secrets-manager.ts';

/** Serves secrets of these names to the functions under test. Close it when done. */
export const serveTestSecrets = (secrets: Readonly<Record<string, string>>): Promise<SecretsManager> => {
  const store = secretStore(undefined);
  for (const [name, secret] of Object.entries(secrets)) store.get(name, () => secret);
  return serveSecretsManager(store);
};
