import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const MIN_CHARACTERS = 32;

/**
 * Reads a secret from Secrets Manager, rather than from the environment, where anyone who may read a function's
 * configuration, and any dump of it, would have it.
 * @param secretId its ARN or name
 * @returns the text of its current version
 * @throws {Error} when there is none, or it is too short to be one
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export const secretReader =
  (client: SecretsManagerClient = new SecretsManagerClient({})) =>
  async (secretId: string): Promise<string> => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString.length < MIN_CHARACTERS) {
      throw new Error(`the secret ${secretId} has fewer than ${MIN_CHARACTERS} characters`);
    }
    return SecretString;
  };
