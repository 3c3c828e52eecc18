const { existsSync } = require('node:fs');
const { Module, createRequire } = require('node:module');
const { join } = require('node:path');

/**
 * serverless-esbuild, loaded by the first command that bundles: with its 2,000 modules it would be most of the time
 * that `sls offline start` and `sls invoke local` take to find out that the build they need is there.
 * All functions are bundled in one go, which reads what they share once, and while the plugin is loaded.
 */
module.exports = class EsbuildPlugin {
  constructor(serverless, options, logging) {
    let bundler;
    const loaded = async () => {
      if (bundler) return bundler;
      const buildCache = bundleTogether(serverless, options);
      const ServerlessEsbuild = pluginInParts();
      bundler = Object.assign(new ServerlessEsbuild(serverless, options, logging), { buildCache });
      await bundler.hooks.initialize();
      const { bundle, pack } = bundler;
      bundler.bundle = () => withoutHanging(serverless, bundle);
      bundler.pack = () => withTemporaryDirectory(join(bundler.workDirPath, 'tmp'), pack);
      return bundler;
    };
    const during = (hook) => [
      hook,
      async () => {
        await (await loaded()).hooks[hook]();
        // The bundler keeps what it took, half a gigabyte, as long as it waits for more to do.
        if (hook.startsWith('after:')) await require('esbuild').stop();
      },
    ];
    this.hooks = Object.fromEntries(HOOKS.map(during));
  }
};

/** Those of serverless-esbuild, but for serverless-offline's. */
const HOOKS = [
  'before:package:createDeploymentArtifacts',
  'after:package:createDeploymentArtifacts',
  'before:deploy:function:packageFunction',
  'after:deploy:function:packageFunction',
  'before:invoke:local:invoke',
  'after:invoke:local:invoke',
];

/**
 * The plugin loads all of a library of which it uses six modules, and a packer that it does not use here: more than a
 * second of each packaging. Here it gets what it asks for when it asks.
 */
const pluginInParts = () => {
  const plugin = require.resolve('serverless-esbuild');
  const requireThere = createRequire(plugin);
  const provide = (name, get) => {
    const file = requireThere.resolve(name);
    const exports = new Proxy({}, { get: (_, part) => get(part, file) });
    require.cache[file] ??= Object.assign(new Module(file), { exports, loaded: true });
  };
  for (const name of ['effect', '@effect/platform', '@effect/platform-node']) {
    provide(name, (part) => requireThere(`${name}/${part}`));
  }
  provide('bestzip', (part, file) => {
    delete require.cache[file];
    return requireThere(file)[part];
  });
  return require(plugin);
};

/** After a build that failed, contexts of the plugin would keep the bundler, and so the whole command, alive for ever. */
const withoutHanging = async (serverless, work) => {
  try {
    await work();
  } catch (error) {
    await require('esbuild').stop();
    throw new serverless.classes.Error(error.message, 'BUILD_FAILED');
  }
};

/** The plugin leaves a copy of every bundle in the machine's temporary directory; its working directory it removes. */
const withTemporaryDirectory = async (directory, work) => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = directory;
  try {
    await work();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
};

/** Options that have to be there, because the plugin's own values would stand in for them. */
const STATED = ['bundle', 'platform', 'target', 'exclude'];
/** Options that the plugin hands to the bundler as they are. With any other, it bundles each function by itself. */
const HANDED_ON = new Set([
  ...STATED,
  ...[
    'external',
    'format',
    'inject',
    'mainFields',
    'minify',
    'keepNames',
    'supported',
    'sourcemap',
    'sourcesContent',
    'alias',
  ],
]);

const isPlain = (esbuild) =>
  STATED.every((name) => name in esbuild) &&
  Object.keys(esbuild).every((name) => HANDED_ON.has(name)) &&
  !esbuild.exclude.includes('*');

/** The sources, in TypeScript, of the functions that a command is about. */
const entriesOf = ({ service, serviceDir }, { function: named }) => {
  const functions = named ? [service.getFunction(named)] : Object.values(service.functions);
  const entries = functions.map(({ handler = '' }) => handler.replace(/\.[^.]*$/, '.ts'));
  return [...new Set(entries)].filter((entry) => existsSync(join(serviceDir, entry)));
};

/**
 * Starts the bundler so that its runtime collects no garbage below a gigabyte: a third of its time, for a quarter more
 * memory.
 * https://pkg.go.dev/runtime#hdr-Environment_Variables
 */
const withoutCollecting = (start) => {
  const { env } = process;
  process.env = { GOGC: 'off', GOMEMLIMIT: '1GiB', ...env };
  try {
    return start();
  } finally {
    process.env = env;
  }
};

/**
 * Begins to bundle functions by the plugin's options.
 * @returns the plugin's cache of bundles, which says how to make each again: by waiting for all of them. What is not in
 *   it the plugin bundles itself.
 */
const bundleTogether = (serverless, options) => {
  const { WORK_FOLDER, BUILD_FOLDER } = require('serverless-esbuild/dist/constants');
  const { service, serviceDir } = serverless;
  if (!isPlain(service.custom.esbuild)) return {};
  const { exclude, external = [], ...rest } = service.custom.esbuild;
  const entryPoints = entriesOf(serverless, options);
  const built = withoutCollecting(() =>
    require('esbuild').build({
      ...rest,
      external: [external, exclude].flat(),
      absWorkingDir: serviceDir,
      entryPoints,
      outbase: serviceDir,
      outdir: join(serviceDir, WORK_FOLDER, BUILD_FOLDER),
    }),
  );
  // A failure is met where the bundles are waited for.
  built.catch(() => {});
  const result = { rebuild: () => built };
  return Object.fromEntries(entryPoints.map((entry) => [entry, { entry, result }]));
};
