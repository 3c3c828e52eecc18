const { existsSync } = require('node:fs');
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
      let bundles = bundleTogether(serverless, options);
      // A failure is met where the bundles are needed.
      bundles.catch(() => {});
      const ServerlessEsbuild = require('serverless-esbuild');
      bundler = new ServerlessEsbuild(serverless, options, logging);
      await bundler.hooks.initialize();
      const { bundle, pack } = bundler;
      bundler.bundle = async () => {
        bundler.buildCache = await (bundles ?? bundleTogether(serverless, options));
        bundles = undefined;
        await bundle();
      };
      bundler.pack = () => withTemporaryDirectory(join(bundler.workDirPath, 'tmp'), pack);
      return bundler;
    };
    const during = (hook) => [hook, async () => (await loaded()).hooks[hook]()];
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

/** Options of serverless-esbuild that are none of the bundler's. */
const OWN_OPTIONS = new Set(
  (
    'concurrency zipConcurrency exclude nativeZip packager packagePath watch keepOutputDirectory packagerOptions ' +
    'installExtraArgs outputBuildFolder outputWorkFolder nodeExternals skipBuild skipBuildExcludeFns disposeContext'
  ).split(' '),
);

/** The sources of the functions that a command is about. */
const entriesOf = ({ service, serviceDir }, { function: named }) => {
  const functions = named ? [service.getFunction(named)] : Object.values(service.functions);
  const entries = functions.map(({ handler = '' }) => handler.replace(/\.[^.]*$/, '.ts'));
  return [...new Set(entries)].filter((entry) => existsSync(join(serviceDir, entry)));
};

/**
 * Bundles functions by the plugin's options. Those that are not written in TypeScript are left to the plugin.
 * @returns what the plugin keeps of bundles that it made, so that it only packs them
 */
const bundleTogether = async (serverless, options) => {
  const { WORK_FOLDER, BUILD_FOLDER } = require('serverless-esbuild/dist/constants');
  const { service, serviceDir } = serverless;
  const { esbuild } = service.custom;
  const { exclude = [], external = [], outputWorkFolder, outputBuildFolder } = esbuild;
  const entryPoints = entriesOf(serverless, options);
  try {
    await require('esbuild').build({
      ...Object.fromEntries(Object.entries(esbuild).filter(([name]) => !OWN_OPTIONS.has(name))),
      external: [...external, ...exclude],
      absWorkingDir: serviceDir,
      entryPoints,
      outbase: serviceDir,
      outdir: join(serviceDir, outputWorkFolder ?? WORK_FOLDER, outputBuildFolder ?? BUILD_FOLDER),
    });
  } catch (error) {
    throw new serverless.classes.Error(error.message, 'BUILD_FAILED');
  }
  return Object.fromEntries(entryPoints.map((entry) => [entry, { entry, result: { rebuild() {} } }]));
};
