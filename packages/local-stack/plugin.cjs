const startOptions = require('./start-options.json');
const { load, unsupportedNode } = require('./load.cjs');

/** The local stack as a Serverless plugin: `sls offline start`, and `sls invoke local` without AWS. */
module.exports = class LocalStackPlugin {
  constructor(serverless, options) {
    this.commands = {
      offline: {
        usage: 'Run the whole service on this machine',
        lifecycleEvents: ['run'],
        options: startOptions,
        commands: {
          start: {
            usage: 'Run the whole service on this machine',
            lifecycleEvents: ['run'],
            options: startOptions,
          },
          build: {
            usage: 'Package the service for a start without the framework',
            lifecycleEvents: ['run'],
          },
        },
      },
      invoke: { commands: { local: { options: { rights: startOptions.rights } } } },
    };
    this.serverless = serverless;
    if (this.runsLocally()) this.answerVariables(serverless.getProvider('aws'));
    const start = () =>
      this.run(async () => {
        const { offlineStart } = await this.module('commands/offline-start');
        await offlineStart(serverless, options);
      });
    this.hooks = {
      'offline:run': start,
      'offline:start:run': start,
      'offline:build:run': () =>
        this.run(async () => {
          const { offlineBuild } = await this.module('commands/offline-build');
          await offlineBuild(serverless, options);
        }),
      initialize: () => {
        this.leaveOutLocalData(serverless.service);
        if (process.env.LOCAL !== 'off') this.takeOverInvokeLocal(serverless.pluginManager);
      },
      ...(process.env.LOCAL === 'off' ? {} : this.invokeLocalHooks(serverless, options)),
    };
  }

  /** Whether the command that was given is one of those that use no account. */
  runsLocally() {
    const [command, sub] = this.serverless.processedInput?.commands ?? [];
    return command === 'offline' || (command === 'invoke' && sub === 'local' && process.env.LOCAL !== 'off');
  }

  /** Lets the framework resolve variables of an account from the service's own file. */
  answerVariables(provider) {
    const given = provider.getAwsSdkV3Config.bind(provider);
    let local;
    provider.getAwsSdkV3Config = async (options) => {
      local ??= this.module('parameters/framework-variables').then(({ localVariables }) =>
        localVariables(this.serverless.serviceDir, (variable) =>
          process.stderr.write(`local.values.yml has no ${variable}\n`),
        ),
      );
      return given({ ...options, ...(await local) });
    };
  }

  /** The framework packs every file of the service that no pattern leaves out, so local data, too. */
  leaveOutLocalData(service) {
    service.package.patterns = [...(service.package.patterns ?? []), '!.local/**'];
  }

  /** Takes `sls invoke local` over from the framework, whose own version needs an account for references. */
  takeOverInvokeLocal({ hooks }) {
    for (const event of Object.keys(hooks)) {
      if (/^((before|after):)?invoke:local:/.test(event)) {
        hooks[event] = hooks[event].filter(({ pluginName }) => pluginName === 'LocalStackPlugin');
      }
    }
  }

  invokeLocalHooks(serverless, options) {
    return {
      'invoke:local:invoke': () =>
        this.run(async () => {
          const { invokeLocal } = await this.module('commands/invoke-local');
          await invokeLocal(serverless, options);
        }),
    };
  }

  // The framework loads plugins with `require`, also on a Node.js older than the one that this package runs on.
  // What it loads is therefore plain JavaScript, and the stack itself is loaded only by the commands that need it.
  async module(name) {
    const problem = unsupportedNode();
    if (problem !== undefined) throw Object.assign(new Error(problem), { isForUser: true });
    return load(this.serverless.serviceDir, name);
  }

  /** The framework prints only the message of its own errors, and the stack of all others. */
  async run(command) {
    try {
      await command();
    } catch (error) {
      if (!error?.isForUser) throw error;
      throw new this.serverless.classes.Error(error.message, error.name);
    }
  }
};
