import { createHash } from 'node:crypto';
import { z } from 'zod';
import { arn, physicalName, type ResourceType } from './resource-type.ts';
import { GenerateSecretString, generateSecret } from './secret-store.ts';

const SecretProperties = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: GenerateSecretString.optional(),
});

/** `AWS::SecretsManager::Secret`: generated once and kept in a file of the local stack. */
export const secret: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'Name', provider);
  const properties = SecretProperties.parse(resource.properties);
  // Secrets Manager ends the ARN with six characters of its own, which policies have to allow for.
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  const secretArn = arn(provider, 'secretsmanager', `secret:${name}-${suffix}`);
  provider.secrets.get(
    secretArn,
    () =>
      properties.SecretString ??
      generateSecret(GenerateSecretString.parse(properties.GenerateSecretString ?? {})),
  );
  return { ref: secretArn, attributes: { Id: secretArn, Arn: secretArn } };
};
