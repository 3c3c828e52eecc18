import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages, snapshots } from '../behaviour.ts';
import { failureQueueArn, type Handler, type World, withStream } from '../support/world.ts';

const holds = inArea('Streams: partial batch responses');

const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
const failing = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

/** Runs one batch of four against a handler whose first answer is `answer`; succeeds afterwards. */
async function firstAnswer(
  answer: unknown,
  act: (world: World, written: string[]) => void,
  properties = {},
): Promise<void> {
  const resolve = typeof answer === 'function' ? answer : () => answer;
  await withStream(
    {
      properties: { ...reporting, ...properties },
      handler: ({ records }, count) => (count === 1 ? resolve(records) : undefined),
    },
    async (world) => {
      const written = Array.from({ length: 4 }, () => world.stream.put({}));
      world.start();
      await world.clock.advance(10_000);
      act(world, written);
    },
  );
}

const succeeds = (answer: unknown) =>
  firstAnswer(answer, (world, written) => assert.deepEqual(world.batches(), [written]));
const failsWhole = (answer: unknown) =>
  firstAnswer(answer, (world, written) => assert.deepEqual(world.batches(), [written, written]));

/** Reports the first of the given records that it sees. */
const reports =
  (...bad: string[]): Handler =>
  ({ records }) =>
    failing(...records.filter((record) => bad.includes(record)));

const measured = holds.measured(snapshots.dynamodbMappings);

export const streamPartial: readonly Behaviour[] = [
  holds('streams: an empty batchItemFailures list is a success', pages.dynamodbPartial, () =>
    succeeds({ batchItemFailures: [] }),
  ),
  holds('streams: a null batchItemFailures list is a success', pages.dynamodbPartial, () =>
    succeeds({ batchItemFailures: null }),
  ),
  holds('streams: an empty response is a success', pages.dynamodbPartial, () => succeeds({})),
  holds('streams: a null response is a success', pages.dynamodbPartial, () => succeeds(null)),
  measured('streams: an empty list as the response is a success', pages.dynamodbPartial, () => succeeds([])),
  holds.measured(snapshots.kinesisMappings)(
    'streams: an empty string as the response is a success',
    pages.dynamodbPartial,
    () => succeeds(''),
  ),
  holds.decided('a response with unknown keys only is taken for an empty one')(
    'streams: a misspelt outer key is a success, and loses what it reports',
    pages.dynamodbPartial,
    () => succeeds({ batchItemFailure: [{ itemIdentifier: '1' }] }),
  ),
  holds('streams: an empty string as itemIdentifier fails the whole batch', pages.dynamodbPartial, () =>
    failsWhole(failing('')),
  ),
  holds('streams: a null itemIdentifier fails the whole batch', pages.dynamodbPartial, () =>
    failsWhole(failing(null)),
  ),
  holds('streams: an itemIdentifier with a bad key name fails the whole batch', pages.dynamodbPartial, () =>
    failsWhole({ batchItemFailures: [{ itemId: '1' }] }),
  ),
  measured(
    'streams: an itemIdentifier that is not in the batch fails the whole batch',
    pages.dynamodbPartial,
    () => failsWhole(failing('100000000000000000099')),
  ),
  measured('streams: an itemIdentifier that is a number fails the whole batch', pages.dynamodbPartial, () =>
    failsWhole(failing(123)),
  ),
  holds.decided('measured for an unknown identifier alone')(
    'streams: an unknown identifier beside a known one fails the whole batch',
    pages.dynamodbPartial,
    () =>
      firstAnswer(
        (records: string[]) => failing(records[2], '100000000000000000099'),
        (world, written) => assert.deepEqual(world.batches(), [written, written]),
      ),
  ),
  holds.decided('AWS names no response that holds something and is no object')(
    'streams: a response that is no object, or a list that is none, fails the whole batch',
    pages.dynamodbPartial,
    async () => {
      for (const answer of ['done', 7, [1], { batchItemFailures: 'none' }]) await failsWhole(answer);
    },
  ),
  holds(
    'streams: a thrown error fails the whole batch whatever the response type',
    pages.dynamodbPartial,
    () =>
      failsWhole(() => {
        throw new Error('thrown');
      }),
  ),
  holds(
    'the lowest reported record is the checkpoint, and everything from it comes again',
    pages.dynamodbPartial,
    () =>
      firstAnswer(
        (records: string[]) => failing(records[3], records[1]),
        (world, written) => {
          assert.deepEqual(world.batches(), [written, written.slice(1)]);
          assert.deepEqual(
            world.checkpoints.saved.map(({ checkpoint }) => checkpoint.lanes[0]),
            [null, written[0], written[3]],
          );
        },
      ),
  ),
  holds('streams: the response is ignored without ReportBatchItemFailures', pages.dynamodbPartial, () =>
    firstAnswer(
      (records: string[]) => failing(...records),
      (world, written) => assert.deepEqual(world.batches(), [written]),
      { FunctionResponseTypes: [] },
    ),
  ),
  holds.decided('AWS does not say whether a retry after a partial success counts')(
    'a reported record is retried as often as MaximumRetryAttempts says, and what failed with it is given up',
    pages.dynamodbPartial,
    async () => {
      let bad = '';
      await withStream(
        {
          properties: {
            ...reporting,
            MaximumRetryAttempts: 2,
            DestinationConfig: { OnFailure: { Destination: failureQueueArn } },
          },
          handler: (...call) => reports(bad)(...call),
        },
        async (world) => {
          const written = Array.from({ length: 4 }, () => world.stream.put({}));
          bad = written[1] ?? '';
          world.start();
          await world.clock.advance(60_000);
          assert.deepEqual(world.batches(), [written, written.slice(1), written.slice(1)]);
          assert.equal(Object(world.sent[0]?.body.DDBStreamBatchInfo).batchSize, 3);
        },
      );
    },
  ),
  holds(
    'with bisecting the batch splits at the reported record, and only what remains is retried',
    pages.dynamodbPartial,
    () =>
      firstAnswer(
        (records: string[]) => failing(records[2]),
        (world, written) => {
          assert.deepEqual(world.batches(), [written, written.slice(2)]);
          // Split, not retried: without waiting.
          assert.equal(world.invocations[0]?.at, world.invocations[1]?.at);
        },
        { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 },
      ),
  ),
  holds.decided(
    'AWS does not say what is split when the reported record is the first; here the batch is halved',
  )(
    'with bisecting and reported failures together only the record that keeps failing is given up',
    pages.dynamodbPartial,
    async () => {
      let bad = '';
      await withStream(
        {
          properties: {
            ...reporting,
            BisectBatchOnFunctionError: true,
            MaximumRetryAttempts: 1,
            DestinationConfig: { OnFailure: { Destination: failureQueueArn } },
          },
          handler: (...call) => reports(bad)(...call),
        },
        async (world) => {
          const written = Array.from({ length: 100 }, () => world.stream.put({}));
          bad = written[40] ?? '';
          world.start();
          await world.clock.advance(60_000);
          assert.deepEqual(
            world.sent.map(({ body }) => Object(body.DDBStreamBatchInfo).batchSize),
            [1],
          );
          assert.equal(Object(world.sent[0]?.body.DDBStreamBatchInfo).startSequenceNumber, bad);
          assert.equal(world.checkpoints.current()?.lanes[0], written[99]);
          assert(world.invocations.length <= 1 + 1 + 2 * 6 + 1, String(world.invocations.length));
        },
      );
    },
  ),
  holds(
    'an error splits the batch in half regardless of ReportBatchItemFailures',
    pages.dynamodbPartial,
    () =>
      firstAnswer(
        () => {
          throw new Error('thrown');
        },
        (world, written) =>
          assert.deepEqual(world.batches(), [written, written.slice(0, 2), written.slice(2)]),
        { BisectBatchOnFunctionError: true },
      ),
  ),
];
