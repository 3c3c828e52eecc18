import { REPLAYED, refuseReplayed } from '#lib/events/replayed.ts';
import type { Outcome } from '#lib/platform/queue-consumer.ts';
import { aPost, eventOf } from '#tests/support/events.ts';
import { lambdaContext, sqsEvent } from '#tests/support/sqs.ts';

const event = eventOf({ eventType: 'INSERT', after: aPost() });

const handled = async (
  attributes: Record<string, string>,
): Promise<{ calls: number; outcome: Outcome | undefined }> => {
  let calls = 0;
  const handle = refuseReplayed(async () => {
    calls += 1;
    return undefined;
  });
  const [record] = sqsEvent([JSON.stringify(event)]).Records;
  if (!record) throw new Error('no record');
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [
      name,
      { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' as const },
    ]),
  );
  const outcome = await handle(event, {
    redelivered: false,
    record: { ...record, messageAttributes },
    context: lambdaContext(),
  });
  return { calls, outcome };
};

test('an event that was sent again on purpose counts as handled, and nobody is told', async () => {
  const { calls, outcome } = await handled({ change: 'published', [REPLAYED]: '2026-11-20T10:00:00.000Z' });
  expect(calls).toBe(0);
  expect(outcome).toEqual({ outcome: 'refused: replayed', replayed: '2026-11-20T10:00:00.000Z' });
});

test('an event that comes for the first time, or by a redrive, is handled', async () => {
  expect((await handled({ change: 'published' })).calls).toBe(1);
});
