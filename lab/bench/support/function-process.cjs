// Loads a function and runs it when told to, as Lambda's runtime does: in a process of its own, whose output goes to
// a pipe that somebody else reads.
const { argv } = process;
if (argv[3] === 'stubbed') require('./stubbed-http.cjs').stubHttp();

const { handler } = require(argv[2]);
const context = {
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  memoryLimitInMB: '512',
  awsRequestId: 'bench',
  getRemainingTimeInMillis: () => 30_000,
};

process.on('message', async ({ event, times }) => {
  const cpu = process.cpuUsage();
  const started = performance.now();
  let result;
  for (let time = 0; time < times; time += 1) result = await handler(event, context);
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const all = process.cpuUsage();
  process.send({
    milliseconds,
    cpuMilliseconds: (user + system) / 1_000,
    cpuMillisecondsSinceStart: (all.user + all.system) / 1_000,
    result: result ?? null,
  });
});
process.send('ready');
