import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compiledService } from '#tests/support/compiled-service.ts';

let directory: string;
let bundle: string;
beforeAll(async () => {
  const { codeDirectory } = await compiledService('dev');
  directory = await mkdtemp(join(tmpdir(), 'mapped-stacks-'));
  await cp(codeDirectory('broadcaster'), directory, { recursive: true });
  bundle = join(directory, 'functions/broadcaster/handler.js');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What a Node.js process prints that runs this program. */
const printed = async (program: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, bundle], { env: {} });
  return stdout;
};
// Without its environment the function does not start.
const STACK = `
  try { require(process.argv[1]) } catch (error) { process.stdout.write(error.stack) }`;

test('the stack of an error in a deployed bundle names lines of the sources', async () => {
  const stack = await printed(STACK);
  expect(stack).toMatch(/^InvalidConfig: The function's environment is not valid:\n/);
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  expect(frames[0]).toMatch(/^ {4}at readConfig \(lib\/platform\/config\.ts:\d+:\d+\)$/);
  expect(frames[1]).toMatch(/^ {4}at .*\(functions\/broadcaster\/handler\.ts:\d+:\d+\)$/);
  expect(frames[2]).toContain('node:internal');
});

test('a stack begins with the name and the message that its error has, also without one of them', async () => {
  const text = await printed(`
    ${STACK.replace('error.stack', "''")}
    const errors = [new TypeError(), new RangeError('x'), Object.assign(new Error(), { name: '', message: 'y' })];
    process.stdout.write(errors.map(({ stack }) => stack.split('\\n')[0]).join());`);
  expect(text).toBe('TypeError,RangeError: x,y');
});

test('the map is read when a stack is looked at for the first time, and once', async () => {
  const reads = await printed(`
    const fs = require('node:fs');
    const { readFileSync } = fs;
    let maps = 0;
    fs.readFileSync = (file, ...rest) => {
      if (String(file).endsWith('.map')) maps += 1;
      return readFileSync(file, ...rest);
    };
    const told = [];
    try { require(process.argv[1]) } catch (error) {
      told.push(maps);
      for (const one of [error, new Error('another'), error]) told.push(one.stack.length > 0 && maps);
    }
    process.stdout.write(told.join());`);
  expect(reads).toBe('0,1,1,1');
});

test('without its map a bundle names its own lines', async () => {
  await rm(`${bundle}.map`);
  expect(await printed(STACK)).toMatch(/\n {4}at readConfig \(.*\/broadcaster\/handler\.js:\d+:\d+\)\n/);
});
