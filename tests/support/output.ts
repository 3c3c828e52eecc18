import { jest } from '@jest/globals';

/** One line of a function's output, as CloudWatch Logs would get it. */
export type Line = Record<string, unknown>;

/** What `run` writes to standard output and error: JSON lines, of which logs and metrics are made. */
export const linesOf = async <Result>(
  run: () => Promise<Result>,
): Promise<{ lines: Line[]; result: Result }> => {
  let output = '';
  const catching = (chunk: Uint8Array | string): boolean => {
    output += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(catching),
    jest.spyOn(process.stderr, 'write').mockImplementation(catching),
  ];
  try {
    const result = await run();
    return { lines: output.split('\n').filter(Boolean).map(parsed), result };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
};

const parsed = (line: string): Line => {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? { ...value } : { value };
};
