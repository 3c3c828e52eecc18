// After a build that failed, the bundler's contexts keep its process, and so the whole command, alive for ever.
const { stop } = require('esbuild');

/** Ends the bundler with the first build that fails, so that the command ends with the error. */
module.exports = class StopEsbuildPlugin {
  constructor(serverless) {
    this.hooks = {
      initialize: () => {
        const bundler = serverless.pluginManager.plugins.find(
          (plugin) => plugin.constructor.name === 'EsbuildServerlessPlugin',
        );
        const { bundle } = bundler;
        bundler.bundle = async (...options) => {
          try {
            return await bundle(...options);
          } catch (error) {
            await stop();
            throw new serverless.classes.Error(error.message, 'BUILD_FAILED');
          }
        };
      },
    };
  }
};
