import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';

/** The page's files by their name in the address; `index.html` among them. */
export type PageFiles = ReadonlyMap<string, Uint8Array>;

const packageDirectory = join(import.meta.dirname, '../..');
const SOURCES = join(packageDirectory, 'console');
/** Where `npm run build` puts the page; a published package holds no sources. */
const BUILT = join(packageDirectory, 'dist/page');

/** The API explorer is served as its package ships it. */
const explorerFiles = async (): Promise<[string, Uint8Array][]> => {
  const require = createRequire(import.meta.url);
  return Promise.all(
    ['swagger-ui-bundle.js', 'swagger-ui.css'].map(
      async (name): Promise<[string, Uint8Array]> => [
        name,
        await readFile(require.resolve(`swagger-ui-dist/${name}`)),
      ],
    ),
  );
};

/** Bundles the page from its sources, in about a quarter of a second. */
export const bundlePage = async (): Promise<PageFiles> => {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: { main: join(SOURCES, 'main.tsx') },
    bundle: true,
    write: false,
    outdir: BUILT,
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    minify: true,
    sourcemap: true,
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  return new Map([
    ['index.html', await readFile(join(SOURCES, 'index.html'))],
    ...outputFiles.map(({ path, contents }): [string, Uint8Array] => [
      path.slice(BUILT.length + 1),
      contents,
    ]),
    ...(await explorerFiles()),
  ]);
};

const readBuilt = async (): Promise<PageFiles> => {
  const names = await readdir(BUILT);
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, Uint8Array]> => [name, await readFile(join(BUILT, name))]),
    ),
  );
};

/** When a source of the page last changed; undefined in a published package. */
const lastChange = async (): Promise<number | undefined> => {
  try {
    const files = await readdir(SOURCES, { recursive: true });
    const times = await Promise.all(files.map(async (file) => (await stat(join(SOURCES, file))).mtimeMs));
    return Math.max(...times);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/**
 * The page's files. From a clone they are bundled when the page is first asked for, and again when it is loaded after a
 * source has changed; a published package holds them.
 * @param name of the file that is asked for
 */
export const createPageFiles = (): ((name: string) => Promise<Uint8Array | undefined>) => {
  let made: { at: number | undefined; files: Promise<PageFiles> } | undefined;
  return async (name) => {
    if (made === undefined || name === 'index.html') {
      const at = await lastChange();
      if (made === undefined || made.at !== at)
        made = { at, files: at === undefined ? readBuilt() : bundlePage() };
    }
    return (await made.files).get(name);
  };
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json',
};

export const contentTypeOf = (name: string): string =>
  CONTENT_TYPES[extname(name)] ?? 'application/octet-stream';
