import type { IndexEntry } from '../search-index.ts';
import { distinctWords } from '../words.ts';

/** The postings of a post as they were written under one generation. Generations are never used twice. */
export interface Generation {
  id: string;
  words: string[];
}

/**
 * What the index knows of a post: the gate that every entry has to pass, and the judge of every posting. A posting
 * counts only while its post is visible here under the posting's own generation.
 */
export interface PostState extends IndexEntry {
  /** Absent when nothing of the post can be found. */
  generation?: Generation | undefined;
  /** Postings that this version replaced and that are still to be deleted. */
  obsolete?: Generation | undefined;
  /** Of a tombstone: when it may go, in seconds of the epoch. */
  expiresAt?: number | undefined;
}

/** What has to be done about an entry. */
export type Plan =
  /** Nothing new, but postings may be left over from an attempt that did not finish. */
  | { outcome: 'ignored' }
  /** `next` replaces the state once the postings of `written` are there. */
  | { outcome: 'shown' | 'hidden'; next: PostState; written: Generation | undefined };

/**
 * How long a tombstone outlives its post. The latest an event can come by itself: 24 hours in the stream, 14 days
 * in queue and dead-letter queue (a message keeps its age when it moves to the dead-letter queue), and after a
 * redrive from there up to 14 days again: 29 days. What is brought back from the failures bucket later than
 * 60 days after the fact belongs into a rebuild of the index, not into the topic.
 */
const TOMBSTONE_DAYS = 90;

/**
 * Decides what an entry changes. Pure, so that every order and repetition can be tried.
 * @param now milliseconds of the epoch
 * @param rebuild writes the version that is already there anew, under a generation of the rebuild's own
 */
export const planFor = (
  current: PostState | undefined,
  entry: IndexEntry,
  now: number,
  rebuild?: string,
): Plan => {
  // The id of a removed post is never used again (a ULID), so a tombstone is final whatever the versions say.
  if (current?.removed) return { outcome: 'ignored' };
  if (current && current.version > entry.version) return { outcome: 'ignored' };
  if (current?.version === entry.version) {
    const rebuilt = current.generation?.id === ownGeneration(entry, rebuild).id;
    if (rebuild === undefined || rebuilt || !entry.visible) return { outcome: 'ignored' };
  }

  const generation = entry.visible ? generationFor(current, entry, rebuild) : undefined;
  const replaced = current?.generation;
  const next: PostState = {
    ...entry,
    // What cannot be found needs no text in the index.
    content: entry.visible ? entry.content : '',
    generation,
    obsolete: replaced && replaced.id !== generation?.id ? replaced : undefined,
    expiresAt: entry.removed ? Math.ceil(now / 1_000) + TOMBSTONE_DAYS * 86_400 : undefined,
  };
  return {
    outcome: entry.visible ? 'shown' : 'hidden',
    next,
    written: generation && generation.id !== replaced?.id ? generation : undefined,
  };
};

/** The generation an entry's postings are written under, when they have to be written. */
export const ownGeneration = (entry: IndexEntry, rebuild?: string): Generation => ({
  id: rebuild === undefined ? `${entry.version}` : `${entry.version}~${rebuild}`,
  words: distinctWords(entry.content),
});

const versionOf = (generation: string): number => Number.parseInt(generation, 10);
const isOfRebuild = (generation: string): boolean => generation.includes('~');

/** What of a post's state judges its postings. */
export type Judge = Pick<PostState, 'version' | 'removed'> & {
  generation?: Pick<Generation, 'id'> | undefined;
};

/**
 * Whether postings of a generation are left over for good: nothing shows them, and no attempt that is under way will.
 * An attempt replaces a state of an older version by that of its own; once the state has come to an attempt's version,
 * its write fails. Only a rebuild replaces a state by another of the same version. So what was left over once is so
 * for ever, and the state may be an earlier one.
 */
export const isLeftOver = (state: Judge | undefined, generation: string): boolean => {
  // Postings are written before the first state is.
  if (!state || state.generation?.id === generation) return false;
  if (state.removed) return true;
  const version = versionOf(generation);
  return isOfRebuild(generation) ? version < state.version : version <= state.version;
};

// A change that touches no word, such as a review, keeps the postings and costs one write.
const generationFor = (
  current: PostState | undefined,
  entry: IndexEntry,
  rebuild: string | undefined,
): Generation => {
  const own = ownGeneration(entry, rebuild);
  const kept = current?.generation;
  const same =
    rebuild === undefined &&
    kept &&
    current.type === entry.type &&
    kept.words.length === own.words.length &&
    kept.words.every((word, index) => word === own.words[index]);
  return same ? kept : own;
};
