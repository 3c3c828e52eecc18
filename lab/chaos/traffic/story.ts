import { seriesOf, share, weighted } from '../seeded.ts';

/** What an author does to a post. */
export type Step =
  | { kind: 'create'; content: string; type: PostType; status: 'draft' | 'published' }
  | { kind: 'edit'; content: string }
  | { kind: 'publish' }
  | { kind: 'unpublish' }
  /** Two devices of the author change different fields at the same moment: both changes have to be there. */
  | { kind: 'edit twice at once'; content: string; type: PostType }
  /** One device removes the post as it knows it, by its version, while the other edits it: only one of them can. */
  | { kind: 'edit and remove at once'; content: string }
  | { kind: 'remove' };

export type PostType = 'text' | 'photo' | 'video' | 'link';

/** A post from its creation on, as its author means it. */
export interface Story {
  /** Unique in a run, and a word of every content of this post. */
  marker: string;
  author: string;
  /** Through the HTTP API, or straight into the table as a batch job would. */
  through: 'api' | 'table';
  steps: Step[];
}

const WORDS =
  'harbour sunrise compiler umbrella lantern tide meadow violin granite orchard copper window'.split(' ');
/** On the list of blocked phrases in lib/moderation/rules.json. */
export const BLOCKED_PHRASE = 'free casino bonus';
/** Of removals through the API, those that name the version they remove while another device edits. */
const REMOVALS_AT_ONCE = 0.5;
const TYPES: readonly PostType[] = ['text', 'photo', 'video', 'link'];

export interface StoryOptions {
  seed: number;
  authors: number;
  /** Share of stories that go through the API. */
  throughApi: number;
}

/** The story of a number: the same for a seed, whatever else happens. */
export const storyOf = ({ seed, authors, throughApi }: StoryOptions, number: number): Story => {
  const next = seriesOf(seed, 'story', number);
  const pick = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  };
  const marker = `m${seed.toString(36)}x${number.toString(36)}`;
  let texts = 0;
  const content = (): string => {
    texts += 1;
    const blocked = next() < 0.08 ? ` ${BLOCKED_PHRASE}` : '';
    return `${pick(WORDS)} ${pick(WORDS)} ${marker} take ${texts}${blocked}`;
  };

  const through = next() < throughApi ? 'api' : 'table';
  const steps: Step[] = [
    {
      ...{ kind: 'create', content: content(), type: pick(TYPES) },
      status: next() < 0.75 ? 'published' : 'draft',
    },
  ];
  // Most posts are written once; a batch job hardly ever changes its mind.
  const more = Math.floor(next() ** 2 * (through === 'api' ? 5 : 3));
  for (let index = 0; index < more; index += 1) {
    const kind = weighted<Step['kind']>(next(), [
      ['edit', 4],
      ['publish', 3],
      ['unpublish', 1],
      ['edit twice at once', through === 'api' ? 1 : 0],
      ['remove', 1.5],
    ]);
    if (kind === 'edit') steps.push({ kind, content: content() });
    else if (kind === 'edit twice at once') steps.push({ kind, content: content(), type: pick(TYPES) });
    else if (kind === 'publish' || kind === 'unpublish') steps.push({ kind });
    else if (kind === 'remove') {
      const isContested = through === 'api' && share(seed, 'contested', number) < REMOVALS_AT_ONCE;
      steps.push(
        isContested
          ? { kind: 'edit and remove at once', content: `harbour sunrise ${marker} take ${texts + 1}` }
          : { kind },
      );
      break;
    }
  }
  return { marker, author: `author-${Math.floor(next() * authors)}`, through, steps };
};
