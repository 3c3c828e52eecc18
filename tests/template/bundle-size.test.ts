import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FunctionProperties, functionKey, ofType, STACKS } from './stacks.ts';

const KILOBYTE = 1_000;
const BUDGET = 900 * KILOBYTE;

/** The bytes of code in an unpacked archive, source maps left out. */
const codeBytes = (directory: string): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

test('the code of every function keeps its budget', async () => {
  // With what is switched on by parameter.
  const { template, codeDirectory } = await STACKS.everything();
  const sizes = ofType(template, 'AWS::Lambda::Function', FunctionProperties).map(({ properties }) => {
    const key = functionKey(properties.FunctionName);
    return { key, bytes: codeBytes(codeDirectory(key)) };
  });
  expect(sizes.length).toBeGreaterThanOrEqual(5);
  expect(sizes.filter(({ bytes }) => bytes === 0 || bytes > BUDGET)).toEqual([]);
});
