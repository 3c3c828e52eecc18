import { once } from '#lib/platform/once.ts';

test('loads when first asked, and once for all who ask meanwhile or later', async () => {
  let loads = 0;
  const value = once(async () => {
    loads += 1;
    return `load ${loads}`;
  });
  expect(loads).toBe(0);
  expect(await Promise.all([value(), value()])).toEqual(['load 1', 'load 1']);
  expect(await value()).toBe('load 1');
});

test('a loading that failed is tried again by the next who asks', async () => {
  let loads = 0;
  const value = once(async () => {
    loads += 1;
    if (loads === 1) throw new Error('throttled');
    return 'loaded';
  });
  await expect(value()).rejects.toThrow('throttled');
  expect(await value()).toBe('loaded');
});
