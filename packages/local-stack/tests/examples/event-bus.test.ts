import { type Example, startExample } from './example.ts';

let example: Example;
beforeAll(async () => {
  example = await startExample('event-bus');
}, 120_000);
afterAll(() => example.end());

const bodiesIn = async (queue: string) =>
  (await example.receive(queue)).map(({ Body = '' }) => JSON.parse(Body));

test('rules hand matching events to a function and to a queue, each with its input', async () => {
  const answer = await example.post('/orders', [
    { id: 1, total: 9, customer: 'Ada' },
    { id: 2, total: 5, customer: 'test-7', express: true },
  ]);
  expect(answer.status).toBe(202);
  await example.printed('order 1: a bill for Ada');
  expect(await bodiesIn('Parcels')).toEqual([{ id: 2, total: 5, customer: 'test-7', express: true }]);
  await example.stack.untilQuiet(10_000);
  expect(example.stack.output()).not.toContain('order 2');
});

test('an entry that is refused does not keep the others', async () => {
  const answer = await example.post('/orders', [{ id: 3, total: 7, customer: 'Grace' }, 'no JSON']);
  expect([answer.status, await answer.json()]).toEqual([207, { refused: ['MalformedDetail'] }]);
  await example.printed('order 3: a bill for Grace');
});
