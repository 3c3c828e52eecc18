import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { once } from '#lib/platform/once.ts';

const MIN_CHARACTERS = 32;

/**
 * Reads a secret when it is first asked for, and keeps it; a failed attempt is repeated by the next one who asks.
 * It does not belong into the environment, which everyone sees who may read the function's configuration.
 * @param secretId its ARN or name
 * @throws {Error} from the returned function, when there is no such secret or it is shorter than 32 characters
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export const secretReader = (
  secretId: string,
  client: SecretsManagerClient = new SecretsManagerClient({}),
): (() => Promise<string>) =>
  once(async () => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString.length < MIN_CHARACTERS) {
      throw new Error(`the secret ${secretId} has fewer than ${MIN_CHARACTERS} characters`);
    }
    return SecretString;
  });
