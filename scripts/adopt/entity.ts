import { z } from 'zod';
import { isReservedWord } from '../new-function/naming.ts';

/** Words that mean something else in this repository: an entity of such a name could not be told apart from it. */
const IN_USE =
  `alarm archive body bucket caller change client content device entry error event field file function
  handler header index item key message metric name notification outcome page path problem queue reason record request
  resource response result right route sample search service stack stage state status stream subscriber table test text
  time token topic type user value word`.split(/\s+/);

const capitalized = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** The words of a name in any casing: `purchase order`, `purchaseOrder`, `PurchaseOrder`, `purchase-order`. */
const wordsOf = (name: string): string[] =>
  name
    .trim()
    .split(/[\s_-]+|(?<=[a-z])(?=[A-Z])/)
    .map((word) => word.toLowerCase());

const pascal = (words: readonly string[]): string => words.map(capitalized).join('');
const camel = ([first = '', ...rest]: readonly string[]): string => first + pascal(rest);

const Name = z
  .string()
  .transform(wordsOf)
  .refine(
    (words) => words.every((word) => /^[a-z]{2,}$/.test(word)) && words.join('').length <= 20,
    'must be one or several words of letters, 20 letters together at most, such as order or "purchase order"',
  )
  .refine((words) => !isReservedWord(camel(words)), 'is a reserved word of JavaScript')
  .refine((words) => !(pascal(words) in globalThis), 'is the name of a JavaScript global')
  .refine((words) => !(camel(words) in {}), 'is a property of every JavaScript object');

const isInUse = (words: readonly string[]): boolean =>
  IN_USE.includes(words.join(' ')) || IN_USE.includes(words.join(' ').replace(/s$/, ''));
const IN_USE_MESSAGE = 'means something else in this repository: choose another word';

/** What the adopted service calls the thing that it keeps, in the singular and in the plural: each a list of words. */
export const Entity = z
  .object({
    singular: Name.refine((words) => !isInUse(words), IN_USE_MESSAGE),
    plural: Name.refine((words) => !isInUse(words), IN_USE_MESSAGE),
  })
  .refine(({ singular, plural }) => camel(singular) !== camel(plural), {
    path: ['plural'],
    error: 'must differ from the singular',
  });
export type Entity = z.infer<typeof Entity>;

/** Left as it is: the pages of other sites, the local stack's modules, and the request method in a load test. */
const FOREIGN =
  /(?<foreign>https?:\/\/(?!127\.0\.0\.1|localhost|[\w.-]*example)[^\s)'"`>]+|#local\/[\w./-]+|(?<=^\s*- )post(?=:$))/;
const ARTICLE = /(?<![A-Za-z])(?<article>[Aa])(?<gap>n?\s+[`"']?)(?=posts?(?![a-z]))/;
// A part of an identifier, a path or a sentence. `POST` alone is a request method.
const WORD =
  /(?<![A-Za-z])posts?(?![a-z])|Posts?(?![a-z])|(?<![A-Za-z])POSTS(?![A-Za-z])|(?<![A-Za-z])POST(?=_)|(?<=_)POST(?![A-Za-z])/;
const FOUND = new RegExp([FOREIGN, ARTICLE, WORD].map(({ source }) => source).join('|'), 'gm');
const Groups = z.object({
  foreign: z.string().optional(),
  article: z.string().optional(),
  gap: z.string().optional(),
});

const isVowel = (word: string): boolean => /^[aeiou]/.test(word);

type Casing = (words: readonly string[]) => string;
const kebab: Casing = (words) => words.join('-');
const snake: Casing = (words) => words.join('_').toUpperCase();
const prose: Casing = (words) => words.join(' ');

/** The casing that the text around a word asks for. */
const casingOf = (found: string, before: string, after: string, isIdentifier: boolean): Casing => {
  if (/^POST/.test(found)) return snake;
  const isQuoted = /['"`]$/.test(before) && /^['"`]/.test(after);
  const isPartOfName =
    isIdentifier || /[A-Za-z0-9_$.]$/.test(before) || /^([A-Z0-9_$([{]|\.[A-Za-z])/.test(after);
  if (found.startsWith('P'))
    return isPartOfName || isQuoted || /[/<]$/.test(before) ? pascal : (words) => capitalized(prose(words));
  if (isIdentifier || /^[A-Z0-9_$]/.test(after)) return camel;
  if (/^(-[a-z]|\/|#|\.(ts|js|json|ya?ml|md|test)\b)/.test(after) || /[A-Za-z0-9}]-$|\/$/.test(before))
    return kebab;
  const isKeyOfObject = isQuoted && (/\w\[['"]$/.test(before) || /^['"]:/.test(after));
  // In a diagram an arrow leads to or from a name.
  const isNode = /-+>(\|[^|]*\|)?\s*$/.test(before) || /^\s*-+>/.test(after);
  if (isPartOfName || isKeyOfObject || isNode || /`$|@param $/.test(before)) return camel;
  return isQuoted ? kebab : prose;
};

/** Renames the entity in a text, or in an identifier of a program. */
export type Rename = (text: string, isIdentifier?: boolean) => string;

/**
 * Renames the entity word by word, each in its own casing: `postId`, `PostEvent`, `POSTS_TABLE`, `/posts/{postId}`,
 * `create-post`, "a post". `POST`, "postpone" and "posting" are other words, and stay.
 */
export const renamer =
  ({ singular, plural }: Entity): Rename =>
  (text, isIdentifier = false) =>
    text.replace(FOUND, (found, ...rest) => {
      const { foreign, article, gap } = Groups.parse(rest.at(-1));
      if (foreign !== undefined) return found;
      if (article !== undefined && gap !== undefined)
        return `${article}${isVowel(singular[0] ?? '') ? 'n' : ''}${gap.replace(/^n/, '')}`;
      const offset = z.int().parse(rest.at(-3));
      const before = text.slice(Math.max(0, offset - 80), offset);
      const after = text.slice(offset + found.length, offset + found.length + 20);
      return casingOf(found, before, after, isIdentifier)(/s$/i.test(found) ? plural : singular);
    });
