// @ts-check
// An execution environment of its own: its CPU time is the function's and nothing else's. Plain CommonJS, like the
// bundles it loads.
'use strict';

const { randomUUID } = require('node:crypto');

/** @type {(event: unknown, context: object) => Promise<unknown>} */
const handler = require(process.argv[2] ?? '').handler;

let logBytes = 0;
// What CloudWatch would be sent; nobody reads it here.
process.stdout.write = (/** @type {string | Uint8Array} */ chunk) => {
  logBytes += Buffer.byteLength(chunk);
  return true;
};

const contextOf = () => ({
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  awsRequestId: randomUUID(),
  getRemainingTimeInMillis: () => 30_000,
});

process.on('message', async (/** @type {unknown[]} */ events) => {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  logBytes = 0;
  const answers = [];
  for (const event of events) answers.push(await handler(event, contextOf()));
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  process.send?.({ wallMs, cpuMs: (user + system) / 1_000, logBytes, answers });
});
process.send?.('ready');
