import middy from '@middy/core';
import { logger } from '#lib/platform/logger.ts';
import { MetricUnit, metrics } from '#lib/platform/metrics.ts';
import { observability } from '#lib/platform/observability.ts';
import { linesOf } from '#tests/support/output.ts';
import { lambdaContext } from '#tests/support/sqs.ts';

const handler = (handle: () => Promise<unknown>) => middy().use(observability).handler(handle);

test('every line names the request that it belongs to', async () => {
  const context = lambdaContext();
  const { lines } = await linesOf(() => handler(async () => logger.info('hello'))({}, context));
  expect(lines).toEqual([
    expect.objectContaining({ message: 'hello', function_request_id: context.awsRequestId }),
  ]);
});

test('metrics are written when the handler ends, well or not; one that measured nothing writes nothing', async () => {
  const measure = async () => {
    metrics.addMetric('Measured', MetricUnit.Count, 1);
  };
  expect((await linesOf(() => handler(measure)({}, lambdaContext()))).lines).toEqual([
    expect.objectContaining({ Measured: 1, service: 'tests' }),
  ]);
  const failing = async () => {
    await measure();
    throw new Error('down');
  };
  const { lines } = await linesOf(() => handler(failing)({}, lambdaContext()).catch(() => undefined));
  expect(lines).toContainEqual(expect.objectContaining({ Measured: 1 }));
  expect((await linesOf(() => handler(async () => undefined)({}, lambdaContext()))).lines).toEqual([]);
});

test('what a handler throws is logged, and thrown on with nothing but what may be read', async () => {
  const error = Object.assign(new RangeError('too far'), { Item: { content: 'a secret' } });
  const { lines, result } = await linesOf(() =>
    handler(() => Promise.reject(error))({}, lambdaContext()).catch((thrown: unknown) => thrown),
  );
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'ERROR',
      message: 'invocation failed',
      error: expect.objectContaining({ name: 'RangeError', message: 'too far' }),
    }),
  ]);
  expect(result).toMatchObject({ name: 'RangeError', message: 'too far' });
  expect(result).not.toHaveProperty('Item');
});
