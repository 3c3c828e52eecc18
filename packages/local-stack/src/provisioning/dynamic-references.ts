import { LOCAL_VALUES_FILE, type LocalValues } from '../parameters/local-values.ts';
import type { SecretStore } from './secret-store.ts';

/**
 * `{{resolve:secretsmanager:<id>:SecretString:<json key>:<stage>:<version>}}`, everything after the id optional, and
 * `{{resolve:ssm:<name>:<version>}}` or `ssm-secure`, the version optional.
 */
const REFERENCE =
  /\{\{resolve:(?:secretsmanager:(?<secret>(?:arn:aws[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:}]+)|[^:}]+)(?::SecretString)?(?::(?<key>[^:}]*))?(?::[^:}]*){0,2}|ssm(?:-secure)?:(?<parameter>[^:}]+)(?::\d+)?)\}\}/g;

/**
 * Replaces dynamic references in every text of `value`: to secrets of the stack, and to secrets and parameters that the
 * service's file gives.
 * @param missing hears of each reference that nothing answers; the text keeps it
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
export const resolveDynamicReferences = (
  value: unknown,
  secrets: SecretStore,
  { ssm, secretsmanager }: LocalValues,
  missing: (problem: string) => void,
): unknown => {
  const resolve = (item: unknown): unknown => {
    if (typeof item === 'string')
      return item.replace(REFERENCE, (reference, ...rest) => {
        const { secret, key, parameter = '' } = Object(rest.at(-1));
        if (secret === undefined) {
          const found = ssm[parameter];
          if (found === undefined) missing(`${reference}: ${LOCAL_VALUES_FILE} has no ssm: ${parameter}`);
          return String(found ?? reference);
        }
        const found = secrets.find(secret)?.value ?? secretsmanager[secret];
        if (found === undefined) {
          missing(
            `${reference} names no secret of this stack, and ${LOCAL_VALUES_FILE} has no secretsmanager: ${secret}`,
          );
          return reference;
        }
        return key ? String(JSON.parse(found)[key]) : found;
      });
    if (Array.isArray(item)) return item.map(resolve);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve(value);
};
