import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { withLock } from '#local/lock.ts';
import { unpack } from '#local/unpack.ts';
import { copyService, frameworkProgram, SOURCES, serviceDirectory } from '../../scripts/service-copy.ts';

const ROOT = `${serviceDirectory}/`;
const CACHE = join(ROOT, '.cache', 'compiled');
const RESULTS_KEPT = 16;

const Resource = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
export const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })),
});
export type CompiledTemplate = z.infer<typeof Template>;

/** The service as `sls package` leaves it. */
export interface CompiledService {
  template: CompiledTemplate;
  templateFile: string;
  /** The unpacked deployment archive of a function, by its key in serverless.yml. */
  codeDirectory(functionKey: string): string;
}

const filesOf = async (source: string): Promise<string[]> => {
  const path = join(ROOT, source);
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [source];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
};

const fingerprint = async (words: readonly string[]): Promise<string> => {
  const hash = createHash('sha256').update(words.join('\0'));
  const files = (await Promise.all(SOURCES.map(filesOf))).flat();
  for (const file of files.toSorted()) hash.update(file).update(await readFile(join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
};

/** An archive without files: all of it is the record of its end. */
const EMPTY_ARCHIVE = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

/** The template says the same of every archive, and building them is most of the time that packaging takes. */
export const leaveOutCode = async (copy: string): Promise<void> => {
  const file = join(copy, 'serverless.yml');
  const configuration = await readFile(file, 'utf8');
  const withoutBundler = configuration.replaceAll(/^ {2}- \S*esbuild\S*\n/gm, '');
  const withArchive = withoutBundler.replace(/^ {2}individually: true$/m, '  artifact: empty.zip');
  if (withArchive === withoutBundler)
    throw new Error('serverless.yml does not package individually any more');
  await writeFile(file, withArchive);
  await writeFile(join(copy, 'empty.zip'), EMPTY_ARCHIVE);
};

/**
 * `sls package` in a copy of the service, without credentials and region: packaging must not need any.
 * @throws when it fails, with what it printed
 */
export const packageCopy = async (copy: string, words: readonly string[] = []): Promise<void> => {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  await promisify(execFile)(process.execPath, [frameworkProgram, 'package', ...words], {
    cwd: copy,
    env: {
      ...{ PATH, HOME, NODE_COMPILE_CACHE, TMPDIR: copy },
      ...{ AWS_EC2_METADATA_DISABLED: 'true', SLS_NOTIFICATIONS_MODE: 'off' },
    },
    timeout: 110_000,
  });
};

const TEMPLATE = 'cloudformation-template-update-stack.json';

const compile = async (words: readonly string[], directory: string, withCode: boolean): Promise<void> => {
  const copy = await mkdtemp(join(tmpdir(), 'compiled-'));
  try {
    // Packaging works in folders of its own choice, and others may be packaging the original.
    await copyService(copy);
    if (!withCode) await leaveOutCode(copy);
    await packageCopy(copy, words);
    const output = join(copy, '.serverless');
    const unfinished = `${directory}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    for (const file of await readdir(output)) {
      if (file.endsWith('.zip'))
        await unpack(join(output, file), join(unfinished, 'functions', file.slice(0, -4)));
    }
    await cp(join(output, TEMPLATE), join(unfinished, TEMPLATE));
    await rename(unfinished, directory);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
};

/** Results of sources that are no more would pile up: a few sets of them are kept. */
const forgetUnused = async (): Promise<void> => {
  const names = (await readdir(CACHE)).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, usedAt: (await stat(join(CACHE, name))).mtimeMs })),
  );
  const old = aged.toSorted((a, b) => b.usedAt - a.usedAt).slice(RESULTS_KEPT);
  await Promise.all(old.map(({ name }) => rm(join(CACHE, name), { recursive: true, force: true })));
};

/**
 * Compiles the service for a stage without credentials, or takes the result of the same sources that an earlier call
 * left under `.cache/compiled`.
 * @param parameters Serverless parameters, as after `--param`
 * @param options.withCode false: only the template, which is much quicker
 * @throws when packaging fails, with what it printed
 */
export const compiledService = async (
  stage: string,
  parameters: Readonly<Record<string, string>> = {},
  { withCode = true }: { withCode?: boolean } = {},
): Promise<CompiledService> => {
  const words = [
    '--stage',
    stage,
    ...Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
  ];
  await mkdir(CACHE, { recursive: true });
  const directory = join(CACHE, await fingerprint([...words, `code: ${withCode}`]));
  if (!existsSync(directory)) {
    await withLock(`${directory}.lock`, async () => {
      if (!existsSync(directory)) await compile(words, directory, withCode);
    });
    // Two workers at once would each miss what the other removes.
    await withLock(join(CACHE, 'forget.lock'), forgetUnused);
  }
  const now = new Date();
  await utimes(directory, now, now);
  const templateFile = join(directory, TEMPLATE);
  return {
    template: Template.parse(JSON.parse(await readFile(templateFile, 'utf8'))),
    templateFile,
    codeDirectory: (functionKey) => join(directory, 'functions', functionKey),
  };
};
