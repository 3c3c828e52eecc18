import type { Context } from './context.ts';

const ANY = Symbol('any characters, or none');
const ONE = Symbol('one character');
/** A character of the text, or a wildcard. A `*` that came out of a variable is a character. */
type Token = string | typeof ANY | typeof ONE;

/** Patterns without variables mean the same for every request. */
const parsed = new Map<string, Token[]>();

const parsedTokens = (text: string): Token[] => {
  const known = parsed.get(text);
  if (known) return known;
  const tokens = [...text].map((character) => WILDCARDS[character] ?? character);
  parsed.set(text, tokens);
  return tokens;
};

const WILDCARDS: Readonly<Record<string, Token>> = { '*': ANY, '?': ONE };
const VARIABLE = /\$\{(?<name>[^}]*)\}/y;

/** `${aws:PrincipalTag/team, 'none'}`: a key, and its default when the request has none. */
const NAME = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/;

/**
 * The text or pattern that a policy means for one request, its variables replaced.
 * @param context undefined in a policy without variables, where `${` is ordinary text
 * @returns undefined when the request lacks a variable, so that nothing matches
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
const tokensOf = (text: string, context: Context | undefined): readonly Token[] | undefined => {
  if (!context || !text.includes('${')) return parsedTokens(text);
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '$') {
      VARIABLE.lastIndex = at;
      const found = VARIABLE.exec(text);
      if (found?.groups) {
        const value = variableOf(found.groups.name ?? '', context);
        if (value === undefined) return undefined;
        tokens.push(...value);
        at += found[0].length - 1;
        continue;
      }
    }
    tokens.push(WILDCARDS[character] ?? character);
  }
  return tokens;
};

const variableOf = (name: string, context: Context): string | undefined => {
  if (name === '*' || name === '?' || name === '$') return name;
  const [, key = '', fallback] = NAME.exec(name) ?? [];
  const values = context.valuesOf(key);
  return values?.length === 1 ? values[0] : fallback;
};

/** Goes back to the last `*` when a character does not fit: linear in practice, never worse than the product of lengths. */
const fits = (tokens: readonly Token[], text: string): boolean => {
  let token = 0;
  let at = 0;
  let star = -1;
  let retryAt = 0;
  while (at < text.length) {
    const wanted = tokens[token];
    if (wanted === ANY) {
      star = token;
      retryAt = at;
      token += 1;
    } else if (wanted === ONE || (wanted !== undefined && wanted === text[at])) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      retryAt += 1;
      at = retryAt;
      token = star + 1;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === ANY);
};

/** Whether a pattern with `*` and `?` matches a whole text, case and all. */
export const matchesText = (pattern: string, text: string, context?: Context): boolean => {
  const tokens = tokensOf(pattern, context);
  return tokens !== undefined && fits(tokens, text);
};

/** As {@link matchesText}, with `*` and `?` of the pattern as ordinary characters. */
export const equalsText = (wanted: string, text: string, context?: Context): boolean => {
  const tokens = tokensOf(wanted, context);
  if (tokens === undefined) return false;
  return tokens.map((token) => (token === ANY ? '*' : token === ONE ? '?' : String(token))).join('') === text;
};

/** Action names have no case. */
export const matchesAction = (pattern: string, action: string): boolean =>
  matchesText(pattern.toLowerCase(), action.toLowerCase());

const PARTS_OF_ARN = 6;

/** Splits at the first five colons; the last part, the resource itself, may hold more. */
const partsOf = (tokens: readonly Token[]): Token[][] => {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token === ':' && parts.length < PARTS_OF_ARN) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
};

/**
 * Whether a pattern covers an ARN: part by part, so that no wildcard reaches over the colon into the next part. A
 * pattern of fewer parts that ends in `*` covers all that follows.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const matchesArn = (pattern: string, arn: string, context?: Context): boolean => {
  if (pattern === '*') return true;
  const tokens = tokensOf(pattern, context);
  if (tokens === undefined) return false;
  const parts = partsOf(tokens);
  const texts = arn.split(':');
  return parts.every((part, index) => {
    const isLast = index === parts.length - 1;
    const text = isLast ? texts.slice(index).join(':') : texts[index];
    return text !== undefined && fits(part, text);
  });
};
