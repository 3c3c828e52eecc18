import type { SecretStore } from './secret-store.ts';

/** `{{resolve:secretsmanager:<id>:SecretString:<json key>:<stage>:<version>}}`, everything after the id optional. */
const REFERENCE =
  /\{\{resolve:secretsmanager:((?:arn:aws[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:}]+)|[^:}]+)(?::SecretString)?(?::([^:}]*))?(?::[^:}]*){0,2}\}\}/g;

/**
 * Replaces dynamic references to secrets in every text of `value`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 * @throws {Error} when a reference names a secret that the template does not declare
 */
export const resolveDynamicReferences = (value: unknown, secrets: SecretStore): unknown => {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (reference, id: string, key: string | undefined) => {
      const secret = secrets.find(id);
      if (secret === undefined) throw new Error(`${reference} names no secret of this stack`);
      return key ? String(JSON.parse(secret.value)[key]) : secret.value;
    });
  }
  if (Array.isArray(value)) return value.map((item) => resolveDynamicReferences(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveDynamicReferences(item, secrets)]),
  );
};
