import * as z from 'zod';

// RFC 9110, 8.8.3, without the rarely seen obs-text.
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e]*"`;
const TAGS = new RegExp(`^(?:\\*|${TAG}(?:[ \\t]*,[ \\t]*${TAG})*)$`);

export const entityTag = (version: number): string => `"${version}"`;

const Header = z
  .string()
  .regex(TAGS, 'must be * or a list of entity tags, each in double quotes')
  .meta({
    examples: ['"1"'],
    // Without the tabs that the RFC allows between tags and no client sends.
    override: { pattern: '^(?:\\*|(?:W/)?"[!#-~]*"(?:, *(?:W/)?"[!#-~]*")*)$' },
  });

/** The versions that a header names; `*` for all of them. */
const versionsIn = (header: string, tag: RegExp): '*' | number[] =>
  header === '*' ? '*' : [...header.matchAll(tag)].map(([, version]) => Number(version));

/**
 * The versions in If-Match, undefined for any. The comparison is strong: a weak tag names none.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
export const IfMatch = Header.transform((header) => {
  const versions = versionsIn(header, /(?<!W\/)"([1-9][0-9]*)"/g);
  return versions === '*' ? undefined : versions;
})
  .exactOptional()
  .describe('The write happens only if the post is at one of these versions; 412 otherwise.');

/** If-None-Match as a test of versions. @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
export const IfNoneMatch = Header.transform((header) => {
  const versions = versionsIn(header, /"([1-9][0-9]*)"/g);
  return (version: number): boolean => versions === '*' || versions.includes(version);
})
  .exactOptional()
  .describe('304 when the post is still at one of these versions.');
