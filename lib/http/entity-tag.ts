import * as z from '#lib/platform/zod.ts';

// RFC 9110, 8.8.3, without the rarely seen obs-text.
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e]*"`;
const TAGS = new RegExp(`^(?:\\*|${TAG}(?:[ \\t]*,[ \\t]*${TAG})*)$`);

/** The entity tag of a post's version. */
export const entityTag = (version: number): string => `"${version}"`;

const tagsIn = (header: string): string[] => header.match(new RegExp(TAG, 'g')) ?? [];

const header = z.string().check(
  z.regex(TAGS, 'must be * or a list of entity tags, each in double quotes'),
  z.meta({
    examples: ['"1"'],
    // Without the tabs that the RFC allows between tags and no client sends.
    override: { pattern: '^(?:\\*|(?:W/)?"[!#-~]*"(?:, *(?:W/)?"[!#-~]*")*)$' },
  }),
);

/** Versions that a header's tags name, by the tags as they are compared. */
const testOfVersions = (compared: (tag: string) => string) =>
  z.pipe(
    header,
    z.transform((given) => {
      const tags = tagsIn(given).map(compared);
      return (version: number): boolean => given === '*' || tags.includes(entityTag(version));
    }),
  );

/**
 * An If-Match header as a test of versions. The comparison is strong: a weak tag matches nothing.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
export const IfMatch = testOfVersions((tag) => tag).check(
  z.describe('The write happens only if the post is at one of these versions; 412 otherwise.'),
);

/**
 * An If-None-Match header as a test of versions. The comparison is weak.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
 */
export const IfNoneMatch = testOfVersions((tag) => tag.replace(/^W\//, '')).check(
  z.describe('304 when the post is still at one of these versions.'),
);

/** For callers who sent no If-Match. */
export const anyVersion = (): boolean => true;
