import { type Example, startExample } from './example.ts';

let example: Example;
beforeAll(async () => {
  example = await startExample('fifo');
}, 120_000);
afterAll(() => example.end());

test('a failing move stops its account only, and no move is booked twice or out of order', async () => {
  const move = (body: unknown) => example.post('/moves', body);
  await move({ id: 1, account: 'ada', amount: 10 });
  await move({ id: 1, account: 'ada', amount: 10 });
  await move({ id: 2, account: 'ada', amount: 20, fails: 1 });
  await move({ id: 3, account: 'ada', amount: 30 });
  await move({ id: 4, account: 'alan', amount: 40 });
  await example.printed('ada: move 3 of 30');
  const printed = [...example.stack.output().matchAll(/(ada|alan): move [^\n]*/g)].map(([line]) => line);
  expect(printed.filter((line) => line.startsWith('ada'))).toEqual([
    'ada: move 1 of 10',
    'ada: move 2 of 20 is refused',
    'ada: move 2 of 20',
    'ada: move 3 of 30',
  ]);
  expect(printed.indexOf('alan: move 4 of 40')).toBeLessThan(printed.indexOf('ada: move 2 of 20'));
}, 60_000);
