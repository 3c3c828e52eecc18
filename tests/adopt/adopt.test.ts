import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { Project } from 'ts-morph';
import { Entity, renamer } from '../../scripts/adopt/entity.ts';
import { collisionsIn, renamedSource } from '../../scripts/adopt/identifiers.ts';
import { leftOut, matcherOf } from '../../scripts/adopt/leave-out.ts';
import { readAdoption } from '../../scripts/adopt/options.ts';
import { PARTS, type Part, SHOWS } from '../../scripts/adopt/parts.ts';
import { findPiece, isScript, removePieces, withoutLines } from '../../scripts/adopt/pieces.ts';
import { inCopyOf } from '../../scripts/adopt/repository.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const rename = renamer({ singular: ['order'], plural: ['orders'] });

describe('words', () => {
  test.each([
    ['postId, posts, aPost, getPostId', 'orderId, orders, aOrder, getOrderId'],
    ['POSTS_TABLE, POST_EVENTS_TOPIC_ARN, MAX_POST', 'ORDERS_TABLE, ORDER_EVENTS_TOPIC_ARN, MAX_ORDER'],
    ['POST /posts/{postId}', 'POST /orders/{orderId}'],
    ['create-post.test.ts', 'create-order.test.ts'],
    ['A post, a `post`, the posts', 'An order, an `order`, the orders'],
    ['http://127.0.0.1:3000/posts', 'http://127.0.0.1:3000/orders'],
  ])('%s becomes %s', (text, expected) => {
    expect(rename(text)).toBe(expected);
  });

  test.each([
    'POST',
    "method: 'POST'",
    'postpone a posting, compost, repost, PostgreSQL, postings',
    'https://aws.amazon.com/blogs/posts/a-post',
    "from '#local/post.ts'",
    '  - post:\n      url: /x',
  ])('%s stays', (text) => {
    expect(rename(text)).toBe(text);
  });

  const wordy = renamer({ singular: ['sales', 'person'], plural: ['sales', 'people'] });
  test.each([
    [
      'postId, posts.find, getPostId, newPost(post)',
      'salesPersonId, salesPeople.find, getSalesPersonId, newSalesPerson(sales person)',
    ],
    ['POSTS_TABLE, MAX_POST', 'SALES_PEOPLE_TABLE, MAX_SALES_PERSON'],
    ['#/channels/postEvents', '#/channels/salesPersonEvents'],
    ['PATCH /posts/{postId}', 'PATCH /sales-people/{salesPersonId}'],
    [
      'lib/posts/post.ts, create-post.test.ts',
      'lib/sales-people/sales-person.ts, create-sales-person.test.ts',
    ],
    [
      "tag: 'Posts', index: 'posts', ports['posts']",
      "tag: 'SalesPeople', index: 'sales-people', ports['salesPeople']",
    ],
    ['Posts are read. A post, a `post`', 'Sales people are read. A sales person, a `salesPerson`'],
    ['posts[(Posts table)] -->|stream| posts', 'salesPeople[(Sales people table)] -->|stream| salesPeople'],
    ["'flagged-post'", "'flagged-sales-person'"],
  ])('%s becomes %s', (text, expected) => {
    expect(wordy(text)).toBe(expected);
  });

  test('an identifier has the casing of identifiers, whatever surrounds it', () => {
    expect(['post', 'Posts', 'POSTS', 'aPost'].map((name) => wordy(name, true))).toEqual([
      'salesPerson',
      'SalesPeople',
      'SALES_PEOPLE',
      'aSalesPerson',
    ]);
  });

  test('a text without the entity stays, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => /post/i.test(text) || rename(text) === text));
  });
});

describe('an entity', () => {
  test.each([
    ['Order', 'orders', 'order', 'orders'],
    ['person', 'people', 'person', 'people'],
    ['purchase order', 'purchaseOrders', 'purchase order', 'purchase orders'],
    ['PurchaseOrder', 'purchase-orders', 'purchase order', 'purchase orders'],
  ])('%s, %s is accepted', (singular, plural, expected, expectedPlural) => {
    expect(Entity.parse({ singular, plural })).toEqual({
      singular: expected.split(' '),
      plural: expectedPlural.split(' '),
    });
  });

  test.each([
    ['order 66', 'orders', 'words of letters'],
    ['extraordinarily long name', 'names', 'words of letters'],
    ['class', 'classes', 'reserved word'],
    ['map', 'maps', 'JavaScript global'],
    ['constructor', 'constructors', 'property of every JavaScript object'],
    ['user', 'users', 'means something else'],
    ['sheep', 'sheep', 'must differ'],
  ])('%s, %s is refused', (singular, plural, reason) => {
    expect(Entity.safeParse({ singular, plural }).error?.message).toContain(reason);
  });
});

test.each([
  '--service must be lower-case words',
  '--plural is missing',
  '--without "serach" is not a part: choose from search, push',
])('a wrong option is named among the others: %s', async (reason) => {
  const given = { service: 'My Shop', entity: 'order', without: 'serach' };
  await expect(readAdoption(given)).rejects.toThrow(reason);
});

test('what needs a part goes with it', () => {
  expect(leftOut(['push']).toSorted()).toEqual(['lab', 'push', 'reminders']);
  expect(leftOut(['lab'])).toEqual(['lab']);
});

const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');

// A copy without the lab passes these tests too.
const isOfAbsentLab = (file: string): boolean =>
  /^(lab(\/|$)|\.ci\/without-lab$)/.test(file) && !existsSync(join(ROOT, 'lab'));

test('every file that a part or a show names is there', () => {
  const named = [...Object.values(PARTS), ...SHOWS].flatMap((part) => part.files);
  const missing = named.filter((name) => !files.some(matcherOf([name])) && !isOfAbsentLab(name));
  expect(missing).toEqual([]);
});

const pieces = Object.entries<Part>(PARTS)
  .filter(
    ([
      ,
      {
        files: [folder = ''],
      },
    ]) => existsSync(join(ROOT, folder)),
  )
  .flatMap(([part, definition]) =>
    Object.entries(definition.pieces).map(([file, texts]) => ({ part, file, texts })),
  )
  .filter(({ file }) => !isOfAbsentLab(file));
test.each(pieces)('what $file says of $part is there to be taken out', ({ file, texts }) => {
  if (!isScript(file)) {
    expect(withoutLines(file, read(file), texts)).not.toBe(read(file));
    return;
  }
  const source = new Project({ useInMemoryFileSystem: true }).createSourceFile(file, read(file));
  for (const text of texts) expect(findPiece(source, text).getText()).toBeTruthy();
});

test('a piece goes with its comment, and with what only it used', () => {
  const source = new Project({ useInMemoryFileSystem: true }).createSourceFile(
    'a.ts',
    "import { a, b } from './x.ts';\nconst only = a;\nexport const list = [\n  b,\n  // Why.\n  only,\n];\n",
  );
  removePieces(source, ['only']);
  expect(source.getText()).not.toMatch(/only|Why|\ba\b/);
  expect(() => removePieces(source, ['nothing'])).toThrow('a.ts holds nothing that begins with: nothing');
});

test('in YAML a piece is a line, what is indented below it, and the comment above it', () => {
  const text = 'a:\n  # Why.\n  b:\n    c: 1\n  d: 2\n';
  expect(withoutLines('x.yml', text, ['b:'])).toBe('a:\n  d: 2\n');
});

test('identifiers that a package declares keep their names', () => {
  const project = new Project({ useInMemoryFileSystem: true });
  project.createSourceFile(
    '/node_modules/bus/index.d.ts',
    'export declare const bus: { postMessage(post: string): void };',
  );
  const source = project.createSourceFile(
    '/lib/a.ts',
    "import { bus } from 'bus';\n/** A post. */\nexport const postId = (post: string) => bus.postMessage(post);\nexport const idIn = (keys: Record<string, string>) => keys.postId;\n",
  );
  const renamed = renamedSource(source, renamer({ singular: ['note'], plural: ['notes'] }), (file) =>
    file.startsWith('/lib/'),
  );
  expect(renamed).toContain('/** A note. */\nexport const noteId = (note: string) => bus.postMessage(note);');
  expect(renamed).toContain('keys.noteId');
  project.createSourceFile('/lib/b.ts', 'export const both = { post: 1, note: 2 };');
  expect(collisionsIn(project, renamer({ singular: ['note'], plural: ['notes'] }))).toEqual([
    'note in /lib/b.ts',
  ]);
});

describe('the clone', () => {
  let clone: string;
  const git = (...words: string[]) => execFileSync('git', words, { cwd: clone, encoding: 'utf8' }).trim();
  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'clone-'));
    git('init', '--quiet');
    git('config', 'user.name', 'ada');
    git('config', 'user.email', 'ada@example.com');
    writeFileSync(join(clone, 'a.txt'), 'before\n');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'before');
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  const adopt = (isDryRun: boolean) =>
    inCopyOf(clone, isDryRun, async (copy) => {
      copy.write('a.txt', 'after\n');
      copy.move('a.txt', 'new/b.txt');
      expect(copy.commit('after')).toContain('changed');
    });

  test('gets one commit on top of its history', async () => {
    const before = git('rev-parse', 'HEAD');
    await adopt(false);
    expect(git('rev-parse', 'HEAD~')).toBe(before);
    expect(readFileSync(join(clone, 'new/b.txt'), 'utf8')).toBe('after\n');
    expect(git('status', '--porcelain')).toBe('');
  });

  test('stays as it is in a dry run, and when something fails', async () => {
    const before = git('rev-parse', 'HEAD');
    await adopt(true);
    await expect(
      inCopyOf(clone, false, async (copy) => {
        copy.write('a.txt', 'half\n');
        throw new Error('half way');
      }),
    ).rejects.toThrow('half way');
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain')]).toEqual([before, '']);
    expect(readFileSync(join(clone, 'a.txt'), 'utf8')).toBe('before\n');
  });

  test('is refused with changes that are not committed', async () => {
    writeFileSync(join(clone, 'mine.txt'), '');
    await expect(adopt(false)).rejects.toThrow('The working tree has changes:\n?? mine.txt\nCommit or stash');
  });
});
