import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const SourceMap = z.looseObject({ sources: z.array(z.string()), sourceRoot: z.string().optional() });

/** Where serverless-esbuild makes its bundles, below the service: sources in its maps are relative to there. */
const BUNDLED_AT = join('.esbuild', '.build');

/**
 * A source map whose sources are named by their absolute paths. The bundle that it belongs to runs in another folder than
 * the one it was made in; a debugger and the lines of a stack would look for the sources in the wrong place.
 * @param text the map, as the bundler wrote it
 * @param path of the bundle in its archive
 */
export const withAbsoluteSources = (text: string, path: string, serviceDirectory: string): string => {
  const map = SourceMap.safeParse(JSON.parse(text));
  if (!map.success) return text;
  const from = resolve(serviceDirectory, BUNDLED_AT, dirname(path));
  const sources = map.data.sources.map((source) => {
    const absolute = resolve(from, source);
    return existsSync(absolute) ? absolute : source;
  });
  return JSON.stringify({ ...map.data, sources });
};
