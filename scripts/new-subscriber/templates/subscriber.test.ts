import type { handler as deployed } from '#functions/__NAME__/handler.ts';
import { linesOf } from '#tests/support/output.ts';
import { lambdaContext, sqsEvent } from '#tests/support/sqs.ts';
import { selects, subscriberEnvironment, subscriberFiles } from '#tests/support/subscriber-files.ts';

const { sample, filterPolicy } = subscriberFiles('__NAME__');
let handler: typeof deployed;

beforeAll(async () => {
  Object.assign(process.env, subscriberEnvironment);
  ({ handler } = await import('#functions/__NAME__/handler.ts'));
});

test('handles every event of its sample', async () => {
  const { lines, result } = await linesOf(() => handler(sample, lambdaContext()));
  expect(result).toEqual({ batchItemFailures: [] });
  expect(lines.filter(({ message }) => message === 'handled')).toHaveLength(sample.Records.length);
});

test('reports what it cannot read, and nothing else', async () => {
  const bodies = [...sample.Records.map(({ body }) => body), 'no post event'];
  const { result } = await linesOf(() => handler(sqsEvent(bodies), lambdaContext()));
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: `message-${bodies.length - 1}` }] });
});

test('shows in its sample only what its filter policy lets through', () => {
  expect(sample.Records.filter((record) => !selects(filterPolicy, record))).toEqual([]);
});
