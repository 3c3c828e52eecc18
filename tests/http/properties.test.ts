import fc from 'fast-check';
import * as z from 'zod';
import { route as createPost } from '#functions/create-post/route.ts';
import { api } from '#lib/http/api.ts';
import { entityTag, IfMatch, IfNoneMatch } from '#lib/http/entity-tag.ts';
import { cursorsOf } from '#lib/http/page.ts';
import { fieldErrors } from '#lib/http/parse-request.ts';
import { PROBLEMS, Problem, ProblemDetails, type ProblemName } from '#lib/http/problem.ts';
import { problemOf } from '#lib/http/problem-details.ts';
import { empty } from '#lib/http/response.ts';
import type { Route } from '#lib/http/route.ts';
import { codePoint } from '#tests/support/code-points.ts';
import { captureLogs } from './api.ts';
import { gatewayEvent, lambdaContext } from './requests.ts';

const text = fc.string({ unit: codePoint });
const position = fc.record({ postId: text, userId: text, timestamp: text });
const query = fc.array(fc.option(text, { nil: undefined }), { maxLength: 4 });
const Position = z.strictObject({ postId: z.string(), userId: z.string(), timestamp: z.string() });
const cursors = cursorsOf(Position, async () => 'a secret that is only for these tests');

describe('a cursor', () => {
  test('opens to what it was sealed from', async () => {
    await fc.assert(
      fc.asyncProperty(query, position, async (key, place) => {
        const cursor = await cursors.seal(key, place);
        expect(cursor).toMatch(/^[A-Za-z0-9_.-]+$/);
        expect(await cursors.open(key, cursor)).toEqual(place);
      }),
    );
  });

  test('opens for no other query', async () => {
    await fc.assert(
      fc.asyncProperty(query, query, position, async (key, other, place) => {
        fc.pre(JSON.stringify(key) !== JSON.stringify(other));
        await expect(cursors.open(other, await cursors.seal(key, place))).rejects.toThrow(Problem);
      }),
    );
  });

  test('does not survive any change of a character, or still says the same', async () => {
    const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'];
    await fc.assert(
      fc.asyncProperty(position, fc.nat(), fc.constantFrom(...characters), async (place, at, character) => {
        const cursor = `${await cursors.seal([], place)}`;
        const index = at % cursor.length;
        const changed = `${cursor.slice(0, index)}${character}${cursor.slice(index + 1)}`;
        fc.pre(changed !== cursor);
        const opened = await cursors.open([], changed).catch((error: unknown) => error);
        // The last character of a part may have bits that nobody reads.
        if (!(opened instanceof Problem)) expect(opened).toEqual(place);
      }),
    );
  });

  test('does not survive being cut, grown or made up', async () => {
    await fc.assert(
      fc.asyncProperty(position, fc.nat(), text, async (place, at, madeUp) => {
        const cursor = `${await cursors.seal([], place)}`;
        for (const changed of [cursor.slice(0, at % (cursor.length - 1)), `${cursor}.A`, madeUp]) {
          await expect(cursors.open([], changed)).rejects.toThrow(Problem);
        }
      }),
    );
  });

  test('of another key does not open', async () => {
    const others = cursorsOf(z.object({}), async () => 'another secret for these tests only');
    await expect(cursors.open([], await others.seal([], {}))).rejects.toThrow(Problem);
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
        const { error } = z.object({ body: z.strictObject({ content: z.string() }) }).safeParse({ body });
        const pointers = fieldErrors(error?.issues ?? []).map(({ pointer = '' }) => pointer);
        const unknown = Object.keys(body).filter((name) => name !== 'content');
        expect(pointers).toHaveLength(unknown.length);
        for (const pointer of pointers) expect(follow(body, pointer)).toBe('unknown');
      }),
    );
  });

  test('never makes the parser throw, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 50 }), (json) => {
        const { error } = createPost.request.safeParse({
          userId: 'ada',
          headers: {},
          body: JSON.parse(json),
        });
        if (error) expect(fieldErrors(error.issues).length).toBeGreaterThan(0);
      }),
    );
  });
});

test('every problem is told in full, and an unknown error tells nothing of itself', () => {
  const names = Object.keys(PROBLEMS).filter((name): name is ProblemName => name in PROBLEMS);
  fc.assert(
    fc.property(fc.constantFrom(...names), text, fc.option(text, { nil: undefined }), (name, id, detail) => {
      const problem = new Problem(name, { ...(detail !== undefined && { detail }) });
      const details = z.strictObject(ProblemDetails.shape).parse(problem.details(id));
      expect(details.type).toBe(`urn:problem-type:${name}`);
    }),
  );
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      const problem = problemOf(thrown);
      expect(problem.details('id')).toEqual({
        type: 'urn:problem-type:internal-error',
        status: 500,
        title: 'Internal server error',
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
          expect(IfMatch.parse(strong)).toEqual(named);
          expect(IfMatch.parse(weak)).toEqual([]);
          expect(IfNoneMatch.parse(weak)?.(current)).toBe(named.includes(current));
          expect(IfNoneMatch.parse(strong)?.(current)).toBe(named.includes(current));
        },
      ),
    );
  });

  test('are refused or understood, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^[W/",* 0-9]{0,40}$/)), (header) => {
        const parsed = IfMatch.safeParse(header);
        if (parsed.success && header.trim() !== '*') expect(Array.isArray(parsed.data)).toBe(true);
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
  const route = {
    ...{ tag: 'Posts', summary: 'Takes any body', answers: {} },
    request: z.object({ body: createPost.request.shape.body }),
  } as const satisfies Route;
  const handler = api(route, async () => empty(204));
  const logs = captureLogs();
  await fc
    .assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), text),
        fc.dictionary(
          fc.constantFrom('content-type', 'content-encoding', 'x-correlation-id', 'authorization'),
          text,
        ),
        text,
        fc.boolean(),
        async (rawBody, headers, rawQuery, isBase64Encoded) => {
          const event = gatewayEvent('POST', '/posts', {
            rawBody,
            headers,
            query: rawQuery,
            isBase64Encoded,
          });
          const { statusCode } = await handler(event, lambdaContext());
          expect([204, 400, 413, 415]).toContain(statusCode);
        },
      ),
    )
    .finally(() => logs.stop());
});
