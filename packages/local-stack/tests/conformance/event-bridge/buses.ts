import assert from 'node:assert/strict';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { serveEventBridge } from '../../../src/event-bridge/index.ts';
import { serviceOf } from '../../../src/provisioning/resource-types.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  type EventBridgeWorld,
  rule,
  shopRule,
  withEventBridge,
  workerArn,
} from '../support/event-bridge-world.ts';

const holds = inArea('EventBridge: buses, rules and PutEvents');

const inExample = (name: string) => ({ file: 'examples/event-bus.test.ts', name });
const inRights = (name: string) => ({ file: 'iam/enforcement.test.ts', name });

/** Whether an event with this detail matches a pattern on its detail. */
const matches = async (pattern: unknown, detail: unknown): Promise<boolean> => {
  let isMatch = false;
  const patterned = rule({
    EventPattern: { detail: { value: pattern } },
    Targets: [{ Id: 'worker', Arn: workerArn }],
  });
  await withEventBridge({ rules: [patterned] }, async ({ put, invoked }) => {
    await put({ Detail: { value: detail } });
    isMatch = invoked.length === 1;
  });
  return isMatch;
};
const decides = async (pattern: unknown, yes: readonly unknown[], no: readonly unknown[]) => {
  for (const detail of yes) assert.equal(await matches(pattern, detail), true, JSON.stringify(detail));
  for (const detail of no) assert.equal(await matches(pattern, detail), false, JSON.stringify(detail));
};

/** PutEvents through the SDK. */
const withClient = (
  act: (
    put: (entries: PutEventsRequestEntry[]) => Promise<unknown>,
    world: EventBridgeWorld,
  ) => Promise<void>,
) =>
  withEventBridge({ rules: [shopRule()] }, async (world) => {
    const api = await serveEventBridge({ buses: () => world.buses });
    const client = new EventBridgeClient({
      ...{ endpoint: api.endpoint, region: 'eu-central-1', maxAttempts: 1 },
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    try {
      await act((Entries) => client.send(new PutEventsCommand({ Entries })), world);
    } finally {
      client.destroy();
      await api.close();
    }
  });
const entry = (more: PutEventsRequestEntry = {}): PutEventsRequestEntry => ({
  ...{ Source: 'shop', DetailType: 'placed', Detail: '{}' },
  ...more,
});

export const eventBuses: readonly Behaviour[] = [
  holds('a rule sees the events of its bus only', pages.eventBuses, () =>
    withEventBridge(
      { rules: [shopRule({}, { EventBusName: 'shop' }), shopRule({ Id: 'default' })], buses: ['shop'] },
      async ({ put, sum }) => {
        await put({ EventBusName: 'shop' });
        assert.equal(sum('Invocations'), 1);
        await put({ EventBusName: 'arn:aws:events:eu-central-1:123456789012:event-bus/shop' });
        await put();
        assert.equal(sum('Invocations'), 3);
      },
    ),
  ),
  holds('every rule that matches gets the event, and each of its targets', pages.eventBuses, () => {
    const Targets = ['a', 'b'].map((Id) => ({ Id, Arn: `${workerArn}-${Id}` }));
    return withEventBridge({ rules: [shopRule(), shopRule({}, { Targets })] }, async ({ put, invoked }) => {
      await put();
      assert.deepEqual(
        invoked.map(({ arn }) => arn),
        [workerArn, `${workerArn}-a`, `${workerArn}-b`],
      );
    });
  }),
  holds('a disabled rule matches nothing', pages.templateRule, () =>
    withEventBridge({ rules: [shopRule({}, { State: 'DISABLED' })] }, async ({ put, invoked }) => {
      await put();
      assert.deepEqual(invoked, []);
    }),
  ),
  holds('a pattern looks at source, detail-type and the rest of the envelope', pages.eventPatterns, () => {
    const EventPattern = {
      ...{ source: ['shop', 'store'], 'detail-type': [{ prefix: 'pla' }], region: ['eu-central-1'] },
      resources: ['r1'],
    };
    return withEventBridge({ rules: [shopRule({}, { EventPattern })] }, async ({ put, invoked }) => {
      await put({ Resources: ['r0', 'r1'] });
      await put({ Source: 'store', Resources: ['r1'] });
      await put({ Resources: ['r2'] });
      await put({ Source: 'other', Resources: ['r1'] });
      await put({ DetailType: 'gone', Resources: ['r1'] });
      assert.equal(invoked.length, 2);
    });
  }),
  holds('patterns compare numbers', pages.eventBridgeOperators, () =>
    decides([{ numeric: ['>', 0, '<=', 5] }], [1, 5], [0, 6, '3']),
  ),
  holds(
    'patterns know prefix, suffix, equals-ignore-case and anything-but',
    pages.eventBridgeOperators,
    async () => {
      await decides([{ prefix: 'a' }, { suffix: 'z' }], ['ab', 'yz'], ['ba', 'zy']);
      await decides([{ 'equals-ignore-case': 'Ada' }], ['ada'], ['adam']);
      await decides([{ 'anything-but': { prefix: 'test-' } }], ['ada'], ['test-1']);
    },
  ),
  holds('patterns know exists and $or', pages.eventBridgeOperators, async () => {
    await decides({ a: [{ exists: false }] }, [{ b: 1 }], [{ a: 1 }]);
    await decides({ $or: [{ a: [1] }, { b: [2] }] }, [{ a: 1 }, { b: 2 }], [{ a: 2 }]);
  }),
  holds('a wildcard stands for any characters', pages.eventBridgeOperators, async () => {
    await decides(
      [{ wildcard: 'dir/*.png' }],
      ['dir/a.png', 'dir/b/c.png', 'dir/.png'],
      ['dir/a.jpg', 'a.png', 'dir/apng'],
    );
    await decides([{ wildcard: 'a\\*b' }], ['a*b'], ['axb']);
    await decides([{ 'anything-but': { wildcard: '*/lib/*' } }], ['a/src/b'], ['a/lib/b']);
  }),
  holds('cidr matches the addresses of a block', pages.eventBridgeOperators, () =>
    decides([{ cidr: '10.0.0.0/24' }], ['10.0.0.255'], ['10.0.1.0', 'not an address']),
  ),
  holds('a pattern that EventBridge does not take is refused', pages.eventPatterns, () => {
    for (const EventPattern of [
      { source: 'shop' },
      {},
      { detail: { a: [{ like: 'b' }] } },
      { a: [{ wildcard: '**' }] },
    ])
      assert.throws(() => shopRule({}, { EventPattern }), /Event pattern is not valid/);
  }),
  holds('PutEvents answers each entry in its place, with an id or an error', pages.putEvents, () =>
    withClient(async (put, { invoked }) => {
      const { FailedEntryCount, Entries } = Object(
        await put([entry(), entry({ Detail: 'no JSON' }), entry({ DetailType: '' }), entry()]),
      );
      assert.equal(FailedEntryCount, 2);
      const [first, malformed, withoutType, last] = Entries;
      assert.match(first.EventId, /^[0-9a-f-]{36}$/);
      assert.deepEqual(malformed, { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' });
      assert.equal(withoutType.ErrorCode, 'InvalidArgument');
      assert.notEqual(last.EventId, first.EventId);
      assert.equal(invoked.length, 2);
    }),
  ),
  holds('source, detail type and detail are required, each entry by itself', pages.putEventsResult, () =>
    withEventBridge({}, async ({ buses }) => {
      const whole = {
        Source: 'shop',
        DetailType: 'placed',
        Detail: '{}',
        Resources: [],
        EventBusName: 'default',
      };
      for (const name of ['Source', 'DetailType', 'Detail'] as const) {
        const [result] = await buses.put([{ ...whole, [name]: undefined }]);
        assert.deepEqual(result, {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        });
      }
    }),
  ),
  holds('sources that begin with aws. are for AWS alone', pages.putEventsResult, () =>
    withEventBridge({}, async ({ put }) => {
      const [result] = await put({ Source: 'aws.s3' });
      assert.equal(Object(result).ErrorCode, 'NotAuthorizedForSourceException');
    }),
  ),
  holds('PutEvents takes 1 to 10 entries', pages.putEvents, () =>
    withClient(async (put, { invoked }) => {
      await assert.rejects(put([]), { name: 'ValidationException' });
      await assert.rejects(put(Array.from({ length: 11 }, () => entry())), { name: 'ValidationException' });
      assert.equal(invoked.length, 0);
      await put(Array.from({ length: 10 }, () => entry()));
      assert.equal(invoked.length, 10);
    }),
  ),
  holds('the entries of a request take at most 256 KB together', pages.putEventsSize, () =>
    withClient(async (put, { invoked }) => {
      const detail = (bytes: number) =>
        entry({ Detail: JSON.stringify('x'.repeat(bytes)).replace(/^.*$/, (text) => `{"a":${text}}`) });
      await assert.rejects(put([detail(131_072), detail(131_072)]), { name: 'ValidationException' });
      assert.equal(invoked.length, 0);
      await put([detail(131_000), detail(131_000)]);
      assert.equal(invoked.length, 2);
    }),
  ),
  holds('an event has the time that it is given, to the second', pages.busEvents, () =>
    withClient(async (put, { invoked }) => {
      await put([entry({ Time: new Date('2026-01-14T09:30:15.500Z') })]);
      assert.equal(Object(invoked[0]?.event).time, '2026-01-14T09:30:15Z');
    }),
  ),
  holds.decided('AWS answers such an entry with an id, and nobody hears of it')(
    'an event for a bus that the template does not declare is taken, and told as lost',
    pages.putEvents,
    () =>
      withEventBridge({ rules: [shopRule()] }, async ({ put, invoked, logs }) => {
        const [result] = await put({ EventBusName: 'nowhere' });
        assert.match(Object(result).EventId, /^[0-9a-f-]{36}$/);
        assert.deepEqual(invoked, []);
        assert.match(logs[0] ?? '', /event bus nowhere, which the template does not declare/);
      }),
  ),
  holds(
    'a rule invokes a function and sends to a queue',
    pages.eventBuses,
    inExample('rules hand matching events to a function and to a queue, each with its input'),
  ),
  holds(
    'a function puts events where its role lets it, by bus, source and detail type',
    pages.eventsActions,
    inRights('PutEvents needs a right on the bus'),
  ),
  holds(
    'a rule needs to be let in by the policy of its function or queue',
    pages.eventResourcePolicies,
    inRights('a rule is let in by the policy of its target'),
  ),
  holds.decided('there is no archive on one machine')(
    'archives and replays, API destinations, connections and pipes are refused by name',
    pages.eventArchives,
    () => {
      const reasonFor = (type: string) => {
        const service = serviceOf(type);
        return service.kind === 'refused' ? service.reason : service.kind;
      };
      assert.match(reasonFor('AWS::Events::Archive'), /archives of events, and their replay, are not served/);
      for (const type of ['AWS::Events::ApiDestination', 'AWS::Events::Connection', 'AWS::Events::Endpoint'])
        assert.match(reasonFor(type), /buses and rules with functions and queues as targets are served/);
      assert.match(reasonFor('AWS::Pipes::Pipe'), /pipes are not served/);
    },
  ),
];
