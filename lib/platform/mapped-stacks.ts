import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { lazy } from './lazy.ts';

/** Of the sources' paths, what leads from the bundle to the root of the service. */
const TO_THE_ROOT = /^(\.\.\/)+/;

const readMap = (bundle: string): SourceMap | undefined => {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  } catch {
    // Whoever deploys without the map gets the bundle's own lines.
    return undefined;
  }
};

/**
 * Lets the stacks of errors name lines of the sources, as `node --enable-source-maps` does, which reads a bundle and its
 * map at every start: a tenth of it. Here the map is read when a stack is first looked at.
 * @param bundle path of the bundled file, with its map beside it
 * @see https://v8.dev/docs/stack-trace-api
 */
export const mapStacksOf = (bundle: string): void => {
  const mapOf = lazy(() => readMap(bundle));

  const lineOf = (frame: NodeJS.CallSite): string => {
    const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
    if (frame.getFileName() !== bundle || line === null || column === null) return `${frame}`;
    const found = mapOf()?.findEntry(line - 1, column - 1);
    if (!found || !('originalSource' in found)) return `${frame}`;
    const { originalSource, originalLine, originalColumn } = found;
    const source = originalSource.replace(TO_THE_ROOT, '');
    const place = `${source}:${originalLine + 1}:${originalColumn + 1}`;
    return `${frame}`.replace(`${bundle}:${line}:${column}`, () => place);
  };

  Error.prepareStackTrace = (error, frames) =>
    [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${lineOf(frame)}`)].join('\n');
};
