import assert from 'node:assert/strict';
import { parseEventSourceMapping } from '../../../src/event-source-mappings/index.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { queueArn, streamArn, withQueue, withStream } from '../support/world.ts';

const holds = inArea('Event source mappings: filter criteria');

const criteria = (...patterns: unknown[]) => ({
  FilterCriteria: {
    Filters: patterns.map((pattern) => ({
      Pattern: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
    })),
  },
});

function filter(kind: 'stream' | 'queue', ...patterns: unknown[]): (record: unknown) => boolean {
  const properties =
    kind === 'stream'
      ? { EventSourceArn: streamArn, StartingPosition: 'LATEST' }
      : { EventSourceArn: queueArn };
  const mapping = parseEventSourceMapping(
    { ...properties, FunctionName: 'handler', ...criteria(...patterns) },
    'Mapping',
  );
  const found = mapping.filter;
  assert.ok(found);
  return found;
}

const image = (NewImage: object, eventName = 'INSERT') => ({ eventName, dynamodb: { NewImage } });
const on = (rules: unknown) => filter('stream', { dynamodb: { NewImage: { name: { S: rules } } } });
const named = (S: unknown) => image({ name: { S } });

function refuses(pattern: unknown): void {
  assert.throws(
    () => filter('stream', pattern),
    /Invalid filter pattern definition/,
    JSON.stringify(pattern),
  );
}

export const filters: readonly Behaviour[] = [
  holds('without filter criteria every record is delivered', pages.filtering, () =>
    withStream({}, async (world) => {
      world.stream.put({});
      world.start();
      await world.clock.advance(100);
      assert.equal(world.invocations.length, 1);
    }),
  ),
  holds(
    'equals: strings match character by character, and a list means any of them',
    pages.filterSyntax,
    () => {
      const passes = on(['Alice', 'Bob']);
      assert(passes(named('Alice')) && passes(named('Bob')));
      assert(!passes(named('alice')) && !passes(named('Ali')));
    },
  ),
  holds('numbers match by their text: 300, 300.0 and 3.0e2 differ', pages.filterSyntax, () => {
    const passes = filter('queue', '{"body":{"n":[300]}}');
    assert(passes({ body: '{"n":300}' }));
    assert(
      !passes({ body: '{"n":300.0}' }) &&
        !passes({ body: '{"n":3.0e2}' }) &&
        !passes({ body: '{"n":"300"}' }),
    );
  }),
  holds('null and empty string match themselves only', pages.filterSyntax, () => {
    const isNull = filter('queue', { body: { user: [null] } });
    assert(isNull({ body: '{"user":null}' }) && !isNull({ body: '{"user":""}' }) && !isNull({ body: '{}' }));
    assert(on([''])(named('')) && !on([''])(named('x')));
  }),
  holds('and: every named field must match', pages.filterSyntax, () => {
    const passes = filter('stream', {
      eventName: ['INSERT'],
      dynamodb: { NewImage: { name: { S: ['Alice'] } } },
    });
    assert(passes(named('Alice')));
    assert(!passes(image({ name: { S: 'Alice' } }, 'MODIFY')) && !passes(named('Bob')));
  }),
  holds('or over several fields with $or', pages.filterSyntax, () => {
    const passes = filter('stream', {
      $or: [{ eventName: ['REMOVE'] }, { dynamodb: { NewImage: { name: { S: ['Alice'] } } } }],
    });
    assert(passes(named('Alice')) && passes(image({}, 'REMOVE')));
    assert(!passes(named('Bob')));
  }),
  holds('begins with', pages.filterSyntax, () => {
    const passes = on([{ prefix: 'us-' }]);
    assert(passes(named('us-east-1')) && !passes(named('eu-west-1')) && !passes(named('not-us-')));
  }),
  holds('ends with', pages.filterSyntax, () => {
    const passes = on([{ suffix: '.png' }]);
    assert(passes(named('a.png')) && !passes(named('a.PNG')) && !passes(named('a.png.txt')));
  }),
  holds('equals ignoring case', pages.filterSyntax, () => {
    const passes = on([{ 'equals-ignore-case': 'alice' }]);
    assert(passes(named('ALICE')) && passes(named('alice')) && !passes(named('alicia')));
  }),
  holds('anything-but: one value or a list of them, and the field must be there', pages.filterSyntax, () => {
    const passes = on([{ 'anything-but': ['Raining', 'Snowing'] }]);
    assert(passes(named('Sunny')) && !passes(named('Raining')) && !passes(image({})));
    assert(on([{ 'anything-but': 'Raining' }])(named('Sunny')));
  }),
  holds('anything-but with prefix, suffix and equals-ignore-case', pages.eventBridgeOperators, () => {
    assert(on([{ 'anything-but': { prefix: 'us-' } }])(named('eu-west-1')));
    assert(!on([{ 'anything-but': { prefix: 'us-' } }])(named('us-east-1')));
    assert(!on([{ 'anything-but': { suffix: '.png' } }])(named('a.png')));
    assert(!on([{ 'anything-but': { 'equals-ignore-case': 'done' } }])(named('DONE')));
  }),
  holds('exists and does not exist work on leaves', pages.filterSyntax, () => {
    assert(on([{ exists: true }])(named('x')) && !on([{ exists: true }])(image({})));
    assert(on([{ exists: false }])(image({})) && !on([{ exists: false }])(named('x')));
  }),
  holds('exists never matches an intermediate node', pages.dynamodbFiltering, () => {
    const organizations = image({ Organizations: { L: [{ S: 'Sales' }, { S: 'Support' }] } });
    assert(
      !filter('stream', { dynamodb: { NewImage: { Organizations: [{ exists: true }] } } })(organizations),
    );
    assert(
      filter('stream', { dynamodb: { NewImage: { Organizations: { L: { S: [{ exists: true }] } } } } })(
        organizations,
      ),
    );
  }),
  holds('numeric comparisons match JSON numbers', pages.filterSyntax, () => {
    const range = filter('queue', { body: { price: [{ numeric: ['>', 10, '<=', 20] }] } });
    assert(
      range({ body: '{"price":20}' }) && !range({ body: '{"price":10}' }) && !range({ body: '{"price":21}' }),
    );
    const equals = filter('queue', { body: { price: [{ numeric: ['=', 100] }] } });
    assert(equals({ body: '{"price":100.0}' }));
  }),
  holds(
    'numeric comparisons never match DynamoDB numbers, which are strings in the record',
    pages.dynamodbFiltering,
    () => {
      const passes = filter('stream', { dynamodb: { NewImage: { n: { N: [{ numeric: ['=', 5] }] } } } });
      assert(!passes(image({ n: { N: '5' } })));
      assert(filter('stream', { dynamodb: { NewImage: { n: { N: ['5'] } } } })(image({ n: { N: '5' } })));
    },
  ),
  holds('several filters are joined by or', pages.filtering, () => {
    const passes = filter('stream', { eventName: ['INSERT'] }, { eventName: ['REMOVE'] });
    assert(passes(image({}, 'INSERT')) && passes(image({}, 'REMOVE')) && !passes(image({}, 'MODIFY')));
  }),
  holds('invalid patterns are refused when the mapping is made', pages.dynamodbFiltering, () => {
    refuses('{ not json');
    refuses('"text"');
    refuses({});
    refuses({ eventName: 'INSERT' });
    refuses({ eventName: [] });
    refuses({ dynamodb: { NewImage: {} } });
    refuses({ eventName: [{ wildcard: 'IN*' }] });
    refuses({ eventName: [{ prefix: 5 }] });
    refuses({ eventName: [{ exists: 'yes' }] });
    refuses({ eventName: [{ numeric: ['>', 'five'] }] });
    refuses({ eventName: [{ numeric: ['>', 5, '<', 4] }] });
    refuses({ eventName: [{ 'anything-but': [] }] });
    refuses({ eventName: [{ prefix: 'a', suffix: 'b' }] });
    refuses({ eventName: [['INSERT']] });
    refuses({ $or: [] });
    refuses({ eventName: ['x'.repeat(4096)] });
  }),
  holds('a filtered stream record moves the iterator and is never delivered', pages.filtering, () =>
    withStream({ properties: criteria({ eventName: ['REMOVE'] }) }, async (world) => {
      world.stream.put({});
      const last = world.stream.put({});
      world.start();
      await world.clock.advance(200);
      assert.equal(world.invocations.length, 0);
      assert.deepEqual(world.checkpoints.current()?.lanes, [last]);
    }),
  ),
  holds('a filtered message is deleted from its queue', pages.filtering, () =>
    withQueue({ properties: criteria({ body: { kind: ['wanted'] } }) }, async (world) => {
      world.queues.send(queueArn, '{"kind":"other"}');
      world.queues.send(queueArn, '{"kind":"wanted"}');
      world.start();
      await world.clock.advance(100);
      assert.deepEqual(world.batches(), [['{"kind":"wanted"}']]);
      assert.deepEqual(world.queues.bodies(queueArn), []);
    }),
  ),
  holds(
    'a plain body under a JSON pattern is dropped, and a JSON body under a plain pattern too',
    pages.sqsFiltering,
    () => {
      const json = filter('queue', { body: { kind: ['wanted'] } });
      assert(json({ body: '{"kind":"wanted"}' }) && !json({ body: 'wanted' }));
      const plain = filter('queue', { body: ['wanted'] });
      assert(
        plain({ body: 'wanted' }) && !plain({ body: '{"kind":"wanted"}' }) && !plain({ body: '["wanted"]' }),
      );
    },
  ),
  holds(
    'a pattern without body rules looks at the message attributes whatever the body is',
    pages.sqsFiltering,
    () => {
      const passes = filter('queue', { messageAttributes: { status: { stringValue: ['published'] } } });
      const messageAttributes = { status: { stringValue: 'published', dataType: 'String' } };
      assert(passes({ body: 'plain', messageAttributes }) && passes({ body: '{}', messageAttributes }));
      assert(!passes({ body: 'plain', messageAttributes: {} }));
    },
  ),
];
