import { search, type User } from './client.ts';

/** A post of the demo, and its expected state in the end. */
export interface Story {
  title: string;
  author: string;
  postId: string;
  /** A word that only this post holds. */
  word: string;
  expected: {
    /** What the author sees in the end; undefined when the post is gone. */
    status: string | undefined;
    found: boolean;
    /** Kinds of notifications to the author, in order. */
    told: string[];
    /** Changes that the broadcaster published, in order. */
    published: string[];
  };
}

/** Writes the posts of the demo through the API. */
export const writeStories = async (ada: User, grace: User): Promise<Story[]> => {
  const photo = await ada.create({ content: 'Sunrise over the harbour', type: 'photo', status: 'published' });

  const draft = await grace.create({
    content: 'Notes from the compiler talk',
    type: 'text',
    status: 'draft',
  });
  await grace.change(draft.postId, { status: 'published' });

  const edited = await ada.create({ content: 'Time lapse of the tide', type: 'video', status: 'published' });
  await ada.change(edited.postId, { content: 'Time lapse of the springtide' });

  const spam = await grace.create({
    content: 'What a fucking bargain: http://a.example http://b.example http://c.example http://d.example',
    type: 'link',
    status: 'published',
  });

  const gone = await ada.create({ content: 'Lost umbrella', type: 'text', status: 'published' });
  await ada.remove(gone.postId);

  return [
    {
      title: 'a photo, published at once',
      author: 'ada',
      postId: photo.postId,
      word: 'harbour',
      expected: {
        status: 'published',
        found: true,
        told: ['published'],
        published: ['published', 'reviewed'],
      },
    },
    {
      title: 'a draft, later published',
      author: 'grace',
      postId: draft.postId,
      word: 'compiler',
      expected: {
        status: 'published',
        found: true,
        told: ['published'],
        published: ['drafted', 'published', 'reviewed'],
      },
    },
    {
      title: 'a video whose text was edited',
      author: 'ada',
      postId: edited.postId,
      word: 'springtide',
      expected: {
        status: 'published',
        found: true,
        told: ['published'],
        published: ['published', 'edited', 'reviewed'],
      },
    },
    {
      title: 'a post that moderation has to take down',
      author: 'grace',
      postId: spam.postId,
      word: 'bargain',
      expected: {
        status: 'flagged',
        found: false,
        told: ['published', 'flagged'],
        published: ['published', 'flagged'],
      },
    },
    {
      title: 'a post deleted right away',
      author: 'ada',
      postId: gone.postId,
      word: 'umbrella',
      expected: { status: undefined, found: false, told: ['published'], published: ['published', 'removed'] },
    },
  ];
};

/** What became of a story's post: as its author sees it, and whether everybody finds it. */
export const outcomeOf = async (
  story: Story,
  author: User,
  apiUrl: string,
): Promise<{ status: string | undefined; found: boolean }> => {
  const post = await author.read(story.postId);
  const found = await search(apiUrl, story.word);
  return { status: post?.status, found: found.includes(story.postId) };
};
