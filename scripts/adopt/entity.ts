import { z } from 'zod';
import { isReservedWord } from '../new-function/naming.ts';

/** What the service of this repository calls the thing that it keeps. */
const OWN = { singular: 'post', plural: 'posts' } as const;

/** Words with a meaning of their own in this repository: an entity of that name could not be told from them. */
const TAKEN = [
  ...[
    'alarm',
    'archive',
    'body',
    'bucket',
    'caller',
    'change',
    'client',
    'content',
    'device',
    'entry',
    'error',
  ],
  ...[
    'event',
    'field',
    'file',
    'function',
    'handler',
    'header',
    'index',
    'item',
    'key',
    'message',
    'metric',
    'name',
  ],
  ...[
    'notification',
    'outcome',
    'page',
    'path',
    'problem',
    'queue',
    'reason',
    'record',
    'request',
    'resource',
  ],
  ...[
    'response',
    'result',
    'right',
    'route',
    'sample',
    'search',
    'service',
    'stack',
    'stage',
    'state',
    'status',
  ],
  ...[
    'stream',
    'subscriber',
    'table',
    'test',
    'text',
    'time',
    'token',
    'topic',
    'type',
    'user',
    'value',
    'word',
  ],
];

const isGlobal = (word: string): boolean => capitalized(word) in globalThis;

const capitalized = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const Word = z
  .string()
  .regex(/^[a-z]{2,20}$/, 'must be one word of 2 to 20 lower-case letters, such as order')
  .refine((word) => !isReservedWord(word), 'is a reserved word of JavaScript')
  .refine((word) => !isGlobal(word), 'has the name of something that JavaScript brings')
  .refine((word) => !(word in {}), 'is a property of every JavaScript object');

/** What the adopted service calls the thing that it keeps, in the singular and in the plural. */
export const Entity = z
  .object({
    singular: Word.refine((word) => !TAKEN.includes(word), 'means something else in this repository'),
    plural: Word.refine(
      (word) => !TAKEN.includes(word.replace(/s$/, '')),
      'means something else in this repository',
    ),
  })
  .refine(({ singular, plural }) => singular !== plural, {
    path: ['plural'],
    error: 'must differ from the singular',
  });
export type Entity = z.infer<typeof Entity>;

// Elsewhere a word is a part of an identifier, a path or a sentence. `POST` alone is a method of HTTP. What other
// sites call their pages is theirs.
const WORDS =
  /https?:\/\/(?!127\.0\.0\.1|localhost|[\w.-]*example)[^\s)'"`>]+|#local\/[\w./-]+|(?<![A-Za-z])(?<article>[Aa])(?<gap>n?\s+[`"']?)(?=posts?(?![a-z]))|(?<![A-Za-z])posts?(?![a-z])|Posts?(?![a-z])|(?<![A-Za-z])POSTS(?![A-Za-z])|(?<![A-Za-z])POST(?=_)|(?<=_)POST(?![A-Za-z])/g;

const isVowel = (word: string): boolean => /^[aeiou]/.test(word);

/**
 * Renames the entity in a text, word by word: `postId`, `PostEvent`, `POSTS_TABLE`, `/posts/{postId}`, "a post".
 * `POST`, "postpone" and "posting" are other words, and stay.
 */
export const renamer = ({ singular, plural }: Entity): ((text: string) => string) => {
  const words: Readonly<Record<string, string>> = {
    [OWN.singular]: singular,
    [OWN.plural]: plural,
    [capitalized(OWN.singular)]: capitalized(singular),
    [capitalized(OWN.plural)]: capitalized(plural),
    [OWN.singular.toUpperCase()]: singular.toUpperCase(),
    [OWN.plural.toUpperCase()]: plural.toUpperCase(),
  };
  return (text) =>
    text.replace(WORDS, (found, ...rest) => {
      const { article, gap } = z
        .object({ article: z.string().optional(), gap: z.string().optional() })
        .parse(rest.at(-1));
      if (article !== undefined && gap !== undefined) {
        return `${article}${isVowel(singular) ? 'n' : ''}${gap.replace(/^n/, '')}`;
      }
      return words[found] ?? found;
    });
};
