const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

// The framework loads plugins with `require`, also on a Node.js older than the one that this project runs on.
// What it loads is therefore plain JavaScript, and the stack itself is loaded only by the commands that need it.
const OLDEST_NODE = 24;

// A published package holds compiled code only: Node.js strips no types under node_modules.
const COMPILED = !existsSync(join(__dirname, 'src'));

const loaded = async (serverless, module) => {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw Object.assign(
      new Error(
        `The local stack runs on Node.js ${OLDEST_NODE} (this is ${process.version}). It comes with "npm ci": ` +
          'start the command by npx or an npm script, for example "npm start" or "npx sls invoke local".',
      ),
      { isForUser: true },
    );
  }
  // Not deleted between starts: most of one would be compiling the same sources again.
  enableCompileCache(join(serverless.serviceDir, '.local', 'compile-cache'));
  return import(COMPILED ? `./dist/${module}.js` : `./src/${module}.ts`);
};

const port = (usage) => ({ usage: `${usage} (0: any free port)`, type: 'string' });

const START_OPTIONS = {
  httpPort: port('Port of the HTTP API, default 3000'),
  identityPort: port('Port of the local token issuer, default 3001'),
  lambdaPort: port('Port of the Lambda API, default 3002'),
  consolePort: port("Port of the stack's console, default 3003"),
  messagingPort: port('Port of SNS, SQS and S3, default 4566'),
  dynamodbPort: port('Port of DynamoDB, default 8000'),
  dataDirectory: { usage: 'Where local data lies, default .local/stages/<stage>', type: 'string' },
  border: { usage: 'URL of a proxy between functions and engines, for fault injection', type: 'string' },
  mostSeconds: { usage: 'The longest timeout that a function gets', type: 'string' },
  fresh: { usage: 'Forget all local data first', type: 'boolean' },
  quiet: { usage: "Do not print the functions' log lines", type: 'boolean' },
};

/** The local stack as a Serverless plugin: `sls offline start`, and `sls invoke local` without AWS. */
module.exports = class LocalStackPlugin {
  constructor(serverless, options) {
    this.commands = {
      offline: {
        usage: 'Run the whole service on this machine',
        lifecycleEvents: ['run'],
        options: START_OPTIONS,
        commands: {
          start: {
            usage: 'Run the whole service on this machine',
            lifecycleEvents: ['run'],
            options: START_OPTIONS,
          },
        },
      },
    };
    this.serverless = serverless;
    const start = () =>
      this.run(async () => {
        const { offlineStart } = await loaded(serverless, 'commands/offline-start');
        await offlineStart(serverless, options);
      });
    this.hooks = {
      'offline:run': start,
      'offline:start:run': start,
      ...(process.env.LOCAL === 'off' ? {} : this.invokeLocalHooks(serverless, options)),
    };
  }

  /** Takes `sls invoke local` over from the framework, whose own version needs an account for references. */
  invokeLocalHooks(serverless, options) {
    return {
      initialize: () => {
        const { hooks } = serverless.pluginManager;
        for (const event of Object.keys(hooks)) {
          if (/^((before|after):)?invoke:local:/.test(event)) {
            hooks[event] = hooks[event].filter(({ pluginName }) => pluginName === 'LocalStackPlugin');
          }
        }
      },
      'invoke:local:invoke': () =>
        this.run(async () => {
          const { invokeLocal } = await loaded(serverless, 'commands/invoke-local');
          await invokeLocal(serverless, options);
        }),
    };
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
