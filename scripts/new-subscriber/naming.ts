import { Change } from '#lib/events/change.ts';
import { Problem } from './problem.ts';

/** What a subscriber is called in its different places. */
export interface Naming {
  /** Its folder: `audit-log`. */
  name: string;
  /** Its function in serverless.yml: `auditLog`. */
  key: string;
  /** The logical id of its queue: `AuditLogQueue`. */
  queue: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;
/** A function's name is at most 64 characters: the service (14), a stage of up to 24, the key, and two hyphens. */
const LONGEST_KEY = 24;
/** `HttpApiLogGroup` is the log group of the API. */
const TAKEN_BY_THE_FRAMEWORK = ['httpApi'];

const keyOf = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/**
 * @param existing folders of functions that are there
 * @throws {Problem} saying what is wrong with the name
 */
export const namingOf = (name: string | undefined, existing: readonly string[]): Naming => {
  if (!name)
    throw new Problem('Which name? For example: npm run new:subscriber -- audit-log --change published');
  if (!NAME.test(name)) {
    throw new Problem(
      `"${name}" cannot be a name: lower-case words joined by hyphens, each beginning with a letter, as in audit-log`,
    );
  }
  const key = keyOf(name);
  if (key.length > LONGEST_KEY) {
    throw new Problem(
      `"${name}" is too long: without hyphens at most ${LONGEST_KEY} characters, not ${key.length}`,
    );
  }
  const other = existing.find((folder) => folder !== name && keyOf(folder) === key);
  if (other || TAKEN_BY_THE_FRAMEWORK.includes(key)) {
    throw new Problem(`"${name}" is taken: its function would be called ${key}, as another is`);
  }
  return { name, key, queue: `${key.charAt(0).toUpperCase()}${key.slice(1)}Queue` };
};

const KNOWN = `The changes of a post are ${Change.options.join(', ')}.`;

/** @param text changes separated by commas @throws {Problem} naming those that are none */
export const changesOf = (text: string | undefined): Change[] => {
  const words = [...new Set(text?.split(',').map((word) => word.trim()))].filter(Boolean);
  if (words.length === 0)
    throw new Problem(`Which changes does it take? --change published,edited. ${KNOWN}`);
  return words.map((word) => {
    const change = Change.safeParse(word);
    if (!change.success) throw new Problem(`"${word}" is no change. ${KNOWN}`);
    return change.data;
  });
};
