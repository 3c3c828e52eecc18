// What a built bundle looks like to the runtime: one CommonJS file with exported handlers.
const { setTimeout: sleep } = require('node:timers/promises');

let count = 0;

exports.echo = async (event) => event;
exports.count = async () => {
  count += 1;
  return { count };
};
exports.context = async (_event, context) => ({
  ...context,
  remaining: context.getRemainingTimeInMillis(),
});
exports.environment = async () => ({ ...process.env });
exports.nothing = async () => undefined;
exports.synchronous = (event) => ({ got: event });
exports.dates = async () => ({ at: new Date(0), gone: undefined, not: Number.NaN });
exports.circular = async () => {
  const value = {};
  value.self = value;
  return value;
};
exports.fails = async () => {
  throw new RangeError('out of range');
};
exports.throwsText = async () => {
  throw 'only text';
};
exports.throwsSynchronously = () => {
  throw new TypeError('at once');
};
exports.sleeps = async ({ milliseconds }) => {
  await sleep(milliseconds);
  return { slept: milliseconds };
};
exports.never = () => new Promise(() => {});
exports.spins = async () => {
  console.log('about to spin');
  for (;;);
};
exports.exits = async () => {
  process.exit(7);
};
exports.exitsQuietly = async () => {
  process.exit(0);
};
exports.killsItself = async ({ signal, target = 'pid' }) => {
  process.kill(target === '-pid' ? -process.pid : (process[target] ?? 0), signal);
  return 'alive';
};
exports.kills = ({ signal }) =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('listened'));
    process.kill(process.pid, signal);
  });
exports.aborts = async () => process.abort();
exports.reallyExits = async () => process.reallyExit(3);
exports.exitsMidLine = async () => {
  process.stdout.write('half a line');
  process.exit(1);
};
exports.diesAfterwards = async () => {
  setImmediate(() => {
    throw new Error('after the end');
  });
  return 'done';
};
exports.uncaught = () =>
  new Promise(() => {
    setImmediate(() => {
      throw new Error('outside the handler');
    });
  });
exports.unhandled = () =>
  new Promise(() => {
    Promise.reject(new Error('nobody listens'));
  });
exports.hungry = async () => {
  const held = [];
  for (;;) held.push(new Array(1_000_000).fill(held.length));
};
exports.large = async ({ bytes }) => 'x'.repeat(bytes);
exports.logs = async ({ name }) => {
  console.log(`hello ${name}`);
  console.error('two\nlines');
  process.stdout.write('un');
  process.stdout.write('finished');
  process.emitWarning('careful');
  await new Promise((resolve) => setImmediate(resolve));
};
exports.metrics = async () => {
  console.log(
    JSON.stringify({
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Posts',
            Dimensions: [['service'], ['service', 'kind']],
            Metrics: [
              { Name: 'published', Unit: 'Count' },
              { Name: 'latency', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      service: 'broadcaster',
      kind: 'INSERT',
      published: 3,
      latency: [5, 7],
    }),
  );
};
exports.three = (_event, _context, callback) => callback(null, 'done');
exports.notAFunction = 5;
