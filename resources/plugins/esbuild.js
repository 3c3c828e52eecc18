const { join } = require('node:path');

/**
 * serverless-esbuild, loaded by the first command that bundles: with its 2,000 modules it would be most of the time
 * that `sls offline start` and `sls invoke local` take to find out that the build they need is there.
 * It bundles all functions in one go, which reads what they share once.
 */
module.exports = class EsbuildPlugin {
  constructor(serverless, options, logging) {
    let bundler;
    const loaded = async () => {
      if (bundler) return bundler;
      const ServerlessEsbuild = require('serverless-esbuild');
      bundler = new ServerlessEsbuild(serverless, options, logging);
      await bundler.hooks.initialize();
      const { bundle, pack } = bundler;
      bundler.bundle = async () => {
        bundler.buildCache = await bundleTogether(serverless, bundler);
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

/**
 * Bundles every function by the plugin's options.
 * @returns what the plugin keeps of bundles that it made, so that it only packs them
 */
const bundleTogether = async (serverless, { buildDirPath, functionEntries }) => {
  const { service, serviceDir } = serverless;
  const { exclude = [], external = [] } = service.custom.esbuild;
  const options = Object.entries(service.custom.esbuild).filter(([name]) => !OWN_OPTIONS.has(name));
  const entryPoints = [...new Set(functionEntries.map(({ entry }) => entry))];
  try {
    await require('esbuild').build({
      ...Object.fromEntries(options),
      external: [...external, ...exclude],
      absWorkingDir: serviceDir,
      entryPoints,
      outbase: serviceDir,
      outdir: buildDirPath,
    });
  } catch (error) {
    throw new serverless.classes.Error(error.message, 'BUILD_FAILED');
  }
  return Object.fromEntries(entryPoints.map((entry) => [entry, { entry, result: { rebuild() {} } }]));
};
