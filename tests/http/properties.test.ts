import fc from 'fast-check';
import { z } from 'zod';
import { sealedCursors } from '#lib/http/cursor.ts';
import { entityTag, IfMatch, IfNoneMatch } from '#lib/http/entity-tag.ts';
import { check } from '#lib/http/field-errors.ts';
import { httpHandler } from '#lib/http/http-handler.ts';
import { PROBLEMS, Problem, type ProblemName, problemDetails } from '#lib/http/problem.ts';
import { ProblemDetails } from '#lib/http/problem-details.ts';
import { problemOf } from '#lib/http/problem-of.ts';
import { anything, defineRoute, none, nothing } from '#lib/http/route.ts';
import { createPostRoute } from '#lib/http/routes/posts.ts';
import { codePoint } from '#tests/support/code-points.ts';
import { gatewayEvent, lambdaContext } from './requests.ts';

const text = fc.string({ unit: codePoint });
const position = fc.record({ postId: text, userId: text, timestamp: text });
const query = fc.array(fc.option(text, { nil: undefined }), { maxLength: 4 });
const Position = z.strictObject({ postId: z.string(), userId: z.string(), timestamp: z.string() });
const cursors = sealedCursors('a secret that is only for these tests');

describe('a cursor', () => {
  test('opens to what it was sealed from', () => {
    fc.assert(
      fc.property(query, position, (key, place) => {
        const cursor = cursors.seal(key, place);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(cursors.open(key, Position, cursor)).toEqual(place);
      }),
    );
  });

  test('opens for no other query', () => {
    fc.assert(
      fc.property(query, query, position, (key, other, place) => {
        fc.pre(JSON.stringify(key) !== JSON.stringify(other));
        expect(() => cursors.open(other, Position, cursors.seal(key, place))).toThrow(Problem);
      }),
    );
  });

  test('does not survive any change of a character', () => {
    const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    fc.assert(
      fc.property(position, fc.nat(), fc.constantFrom(...characters), (place, at, character) => {
        const cursor = cursors.seal([], place);
        const index = at % cursor.length;
        const changed = `${cursor.slice(0, index)}${character}${cursor.slice(index + 1)}`;
        fc.pre(changed !== cursor);
        expect(() => cursors.open([], Position, changed)).toThrow(Problem);
      }),
    );
  });

  test('does not survive being cut, grown or made up', () => {
    fc.assert(
      fc.property(position, fc.nat(), text, (place, at, madeUp) => {
        const cursor = cursors.seal([], place);
        for (const changed of [cursor.slice(0, at % cursor.length), `${cursor}A`, madeUp]) {
          expect(() => cursors.open([], Position, changed)).toThrow(Problem);
        }
      }),
    );
  });

  test('of another key does not open', () => {
    const others = sealedCursors('another secret for these tests only');
    expect(() => cursors.open([], Position, others.seal([], {}))).toThrow(Problem);
  });
});

/** Follows a JSON Pointer in its URI fragment form, as RFC 6901 says. */
const follow = (document: unknown, pointer: string): unknown =>
  pointer
    .slice(1)
    .split('/')
    .slice(1)
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => Object.getOwnPropertyDescriptor(Object(value), key)?.value, document);

describe('what is wrong with a body', () => {
  const wellFormed = fc.string({ unit: 'grapheme' });

  test('is pointed at, whatever the names of its fields', () => {
    fc.assert(
      fc.property(fc.dictionary(wellFormed, fc.constant('unknown'), { maxKeys: 20 }), (fields) => {
        const body = JSON.parse(JSON.stringify({ ...fields, content: 'a' }));
        const checked = check('body', z.strictObject({ content: z.string() }), body);
        const pointers = checked.ok ? [] : checked.errors.map(({ pointer = '' }) => pointer);
        const unknown = Object.keys(body).filter((name) => name !== 'content');
        expect(pointers).toHaveLength(unknown.length);
        for (const pointer of pointers) expect(follow(body, pointer)).toBe('unknown');
      }),
    );
  });

  test('never makes the parser throw, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 50 }), (json) => {
        const checked = check('body', createPostRoute.body, JSON.parse(json));
        if (!checked.ok) expect(checked.errors.length).toBeGreaterThan(0);
      }),
    );
  });
});

test('every problem is told in full, and an unknown error tells nothing of itself', () => {
  const names = Object.keys(PROBLEMS).filter((name): name is ProblemName => name in PROBLEMS);
  fc.assert(
    fc.property(fc.constantFrom(...names), text, fc.option(text, { nil: undefined }), (name, id, detail) => {
      const problem = new Problem(name, { ...(detail !== undefined && { detail }) });
      const details = z.strictObject(ProblemDetails.shape).parse(problemDetails(problem, id));
      expect(details.type).toBe(`urn:post-broadcast:problem:${name}`);
    }),
  );
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      const problem = problemOf(thrown);
      expect(problemDetails(problem, 'id')).toEqual({
        type: 'urn:post-broadcast:problem:internal-error',
        status: 500,
        title: 'Something went wrong on our side',
        instance: 'urn:request:id',
      });
    }),
  );
});

describe('entity tags', () => {
  // Few versions, so that the current one is often among those named.
  const version = fc.integer({ min: 1, max: 5 });
  const separator = fc.constantFrom(',', ', ', ' , ', '\t,');

  test('match the versions they name, weak ones only for reading', () => {
    fc.assert(
      fc.property(
        fc.array(version, { minLength: 1, maxLength: 5 }),
        version,
        separator,
        (named, current, by) => {
          const strong = named.map(entityTag).join(by);
          const weak = named.map((each) => `W/${entityTag(each)}`).join(by);
          expect(IfMatch.parse(strong)(current)).toBe(named.includes(current));
          expect(IfMatch.parse(weak)(current)).toBe(false);
          expect(IfNoneMatch.parse(weak)(current)).toBe(named.includes(current));
        },
      ),
    );
  });

  test('are refused or understood, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^[W/",* 0-9]{0,40}$/)), (header) => {
        const parsed = IfMatch.safeParse(header);
        if (parsed.success) expect(typeof parsed.data(1)).toBe('boolean');
      }),
    );
  });

  test('of a hostile length are judged at once', () => {
    const started = performance.now();
    IfMatch.safeParse(`${'"",'.repeat(3_000)}x`);
    IfMatch.safeParse(`""${' '.repeat(9_000)}x`);
    expect(performance.now() - started).toBeLessThan(100);
  });
});

test('any event of the gateway is answered, never thrown at', async () => {
  const log = { addContext: () => {}, info: () => {}, error: () => {} };
  const route = defineRoute({
    ...createPostRoute,
    params: nothing,
    query: nothing,
    headers: anything,
    auth: none,
    answers: {},
  });
  const handler = httpHandler(route, { log }, async () => ({ status: 204, headers: {} }));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.json(), text),
      fc.dictionary(
        fc.constantFrom('content-type', 'content-encoding', 'x-correlation-id', 'authorization'),
        text,
      ),
      text,
      fc.boolean(),
      async (rawBody, headers, rawQuery, isBase64Encoded) => {
        const event = gatewayEvent('POST', '/posts', { rawBody, headers, query: rawQuery, isBase64Encoded });
        const { statusCode } = await handler(event, lambdaContext());
        expect([204, 400, 413, 415]).toContain(statusCode);
      },
    ),
  );
});
