import fc from 'fast-check';
import { together } from '#lib/platform/together.ts';

test('what is asked for side by side is done in as few calls as there can be', async () => {
  const calls: number[][] = [];
  const double = together<number, number>({
    most: 4,
    all: async (numbers) => {
      calls.push([...numbers]);
      return numbers.map((number) => 2 * number);
    },
    alone: () => Promise.reject(new Error('nobody is alone')),
  });
  expect(await Promise.all([1, 2, 3, 4, 5, 6].map(double))).toEqual([2, 4, 6, 8, 10, 12]);
  expect(calls).toEqual([
    [1, 2, 3, 4],
    [5, 6],
  ]);
});

test('what is asked for after something else that all of them did is still asked for side by side', async () => {
  let calls = 0;
  const step = together<number, number>({
    most: 10,
    all: async (numbers) => {
      calls += 1;
      return numbers;
    },
    alone: () => Promise.reject(new Error('nobody is alone')),
  });
  const work = async (number: number) => step(await step(number));
  expect(await Promise.all([1, 2, 3].map(work))).toEqual([1, 2, 3]);
  expect(calls).toBe(2);
});

test('one that nobody comes with is done alone', async () => {
  const one = together<string, string>({
    most: 10,
    all: () => Promise.reject(new Error('a call for one')),
    alone: async (text) => `${text} alone`,
  });
  expect(await one('done')).toBe('done alone');
});

test('the same is asked for twice, and done twice', async () => {
  const done: string[] = [];
  const note = together<string, true>({
    most: 10,
    all: async (texts) => {
      done.push(...texts);
      return texts.map(() => true);
    },
    alone: () => Promise.reject(new Error('nobody is alone')),
  });
  await Promise.all([note('a'), note('a')]);
  expect(done).toEqual(['a', 'a']);
});

const fate = fc.constantFrom('together', 'alone', 'refused', 'thrown at');

test('whatever becomes of the others, each gets its own result or its own error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 30 }), fc.boolean(), async (fates, failsWhole) => {
      const step = together<number, string>({
        most: 7,
        all: async (items) => {
          if (failsWhole) throw new Error('the whole call');
          return items.map((item) => (fates[item] === 'together' ? `together ${item}` : undefined));
        },
        alone: async (item) => {
          if (fates[item] === 'refused') throw new Error(`refused ${item}`);
          if (fates[item] === 'thrown at') throw `thrown at ${item}`;
          return `alone ${item}`;
        },
      });
      const results = await Promise.allSettled(fates.map((_, item) => step(item)));
      const told = results.map((result) =>
        result.status === 'fulfilled' ? result.value : `${result.reason.message}`,
      );
      // The last call may have one item only, which is then done alone.
      const isAlone = (item: number) => item === fates.length - 1 && item % 7 === 0;
      expect(told).toEqual(
        fates.map((its, item) => {
          if (its !== 'together') return `${its} ${item}`;
          return failsWhole || isAlone(item) ? `alone ${item}` : `together ${item}`;
        }),
      );
    }),
  );
});
