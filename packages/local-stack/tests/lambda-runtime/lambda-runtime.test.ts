import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { FunctionNotFoundError } from '../../src/lambda-runtime/index.ts';
import { bundle, defineFunction, startRuntime, stopRuntimes, until } from './runtime.ts';

afterEach(stopRuntimes);

const turn = () => new Promise((resolve) => setImmediate(resolve));

const only = (handlerExport: string, properties = {}, options = {}) => {
  const runtime = startRuntime([defineFunction(handlerExport, properties)], options);
  return { runtime, invoke: (event: unknown = {}) => runtime.invoke(handlerExport, event) };
};

describe('payloads', () => {
  test('events and results are copies that went through JSON', async () => {
    const { invoke } = only('echo');
    const event = { text: 'ä\u2028🙂', gone: undefined, at: new Date(0), list: [1, null] };
    expect(await invoke(event)).toEqual({
      kind: 'success',
      payload: { text: 'ä\u2028🙂', at: '1970-01-01T00:00:00.000Z', list: [1, null] },
    });
  });

  test.each([
    ['nothing', null],
    ['synchronous', { got: {} }],
    ['dates', { at: '1970-01-01T00:00:00.000Z', not: null }],
  ])('%s returns what JSON makes of it', async (handler, payload) => {
    expect(await only(handler).invoke()).toEqual({ kind: 'success', payload });
  });

  test('a result without JSON is an error of the function', async () => {
    expect(await only('circular').invoke()).toMatchObject({ kind: 'error', errorType: 'TypeError' });
  });

  test('an event over 6 MB is refused and does not run', async () => {
    const { runtime, invoke } = only('echo');
    expect(await invoke('ä'.repeat(3_200_000))).toMatchObject({
      kind: 'error',
      errorType: 'RequestEntityTooLarge',
    });
    expect(runtime.environments()).toBe(0);
  });

  test('a result over 6 MB is an error, one of just 6 MB is not', async () => {
    const { invoke } = only('large');
    expect(await invoke({ bytes: 6_291_555 })).toEqual({
      kind: 'error',
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage:
        'Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect(await invoke({ bytes: 6_291_554 })).toMatchObject({ kind: 'success' });
  });

  test('a function that does not exist is refused', async () => {
    await expect(only('echo').runtime.invoke('unknown', {})).rejects.toThrow(FunctionNotFoundError);
  });
});

describe('the context and the environment', () => {
  test('the context is the real one', async () => {
    const { runtime } = only('context', { timeoutSeconds: 5 });
    const result = await runtime.invoke(
      'context',
      {},
      { requestId: 'request-1', clientContext: '{"custom":1}' },
    );
    expect(result).toMatchObject({
      payload: {
        awsRequestId: 'request-1',
        functionName: 'context',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:context',
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/context',
        logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
        callbackWaitsForEmptyEventLoop: true,
        clientContext: { custom: 1 },
        remaining: expect.any(Number),
      },
    });
    const { remaining } = (result as unknown as { payload: { remaining: number } }).payload;
    expect(remaining).toBeGreaterThan(4_000);
    expect(remaining).toBeLessThanOrEqual(5_000);
  });

  test('every invocation has a request id and a trace of its own', async () => {
    const { runtime } = only('context');
    const ids = new Set<unknown>();
    for (let index = 0; index < 3; index += 1) {
      const result = await runtime.invoke('context', {});
      if (result.kind === 'success') ids.add(Object(result.payload).awsRequestId);
    }
    expect(ids.size).toBe(3);
  });

  test("a function sees Lambda's variables and its own, and nothing of the machine's but PATH", async () => {
    process.env.SECRET_OF_THE_MACHINE = 'leaked';
    const { invoke } = only('environment', { environment: { TABLE: 'Posts', AWS_REGION: 'mars' } });
    const result = await invoke();
    delete process.env.SECRET_OF_THE_MACHINE;
    expect(result).toEqual({
      kind: 'success',
      payload: {
        TABLE: 'Posts',
        PATH: process.env.PATH,
        LANG: 'en_US.UTF-8',
        TZ: ':UTC',
        AWS_ACCESS_KEY_ID: expect.any(String),
        AWS_SECRET_ACCESS_KEY: expect.any(String),
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        AWS_LAMBDA_FUNCTION_NAME: 'environment',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/environment',
        AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
        LAMBDA_TASK_ROOT: path.dirname(bundle('handlers.cjs')),
        LAMBDA_RUNTIME_DIR: '/var/runtime',
        _HANDLER: 'handlers.environment',
        _X_AMZN_TRACE_ID: expect.stringMatching(
          /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
        ),
      },
    });
  });

  test('NODE_OPTIONS that a thread cannot have do not keep the function from starting', async () => {
    const { invoke } = only('echo', {
      environment: { NODE_OPTIONS: '--enable-source-maps --max-old-space-size=512' },
    });
    expect(await invoke(1)).toEqual({ kind: 'success', payload: 1 });
  });

  test('an ES module is loaded too', async () => {
    const { invoke } = only('handler', { handlerFile: bundle('module.mjs') });
    expect(await invoke()).toEqual({ kind: 'success', payload: true });
  });
});

describe('failures', () => {
  test.each([
    ['fails', 'RangeError', 'out of range'],
    ['throwsText', 'string', 'only text'],
    ['throwsSynchronously', 'TypeError', 'at once'],
  ])(
    '%s: what the handler throws is the error, and the environment lives on',
    async (handler, type, message) => {
      const { runtime, invoke } = only(handler);
      expect(await invoke()).toMatchObject({ kind: 'error', errorType: type, errorMessage: message });
      await invoke();
      expect(runtime.environments()).toBe(1);
      expect(runtime.values('Errors', handler)).toEqual([1, 1]);
    },
  );

  test('the stack of a thrown error is in the result and in the log', async () => {
    const { runtime, invoke } = only('fails');
    const result = await invoke();
    expect(result).toMatchObject({
      trace: expect.arrayContaining([expect.stringContaining('handlers.cjs')]),
    });
    expect(runtime.lines).toEqual([
      expect.objectContaining({
        stream: 'stderr',
        requestId: expect.any(String),
        line: expect.stringMatching(/^Invoke Error\t\{"errorType":"RangeError".*handlers\.cjs/),
      }),
    ]);
  });

  test.each([
    [
      'exits',
      'Runtime.ExitError',
      /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 7$/,
    ],
    ['exitsQuietly', 'Runtime.ExitError', /Runtime exited without providing a reason$/],
    ['uncaught', 'Error', /^outside the handler$/],
    ['unhandled', 'Runtime.UnhandledPromiseRejection', /^Error: nobody listens$/],
    ['hungry', 'Runtime.OutOfMemory', /out of memory, 128 MB/],
  ])('%s: ends its environment only, and is reported at once', async (handler, errorType, message) => {
    const runtime = startRuntime([
      defineFunction(handler, { memoryMegabytes: 128, timeoutSeconds: 60 }),
      defineFunction('echo'),
    ]);
    await runtime.invoke('echo', 1);
    expect(await runtime.invoke(handler, {})).toMatchObject({
      kind: 'error',
      errorType,
      errorMessage: expect.stringMatching(message),
    });
    expect(await runtime.invoke('echo', 2)).toEqual({ kind: 'success', payload: 2 });
    expect(runtime.environments('echo')).toBe(1);
    expect(await runtime.invoke(handler, {})).toMatchObject({ errorType });
  });

  test.each([
    [{ signal: 'SIGKILL' }, 'signal: killed'],
    [{ signal: 'SIGTERM' }, 'signal: terminated'],
    [{ signal: 15 }, 'signal: terminated'],
    [{}, 'signal: terminated'],
    [{ target: '-pid', signal: 'SIGKILL' }, 'signal: killed'],
    [{ target: 'ppid', signal: 'SIGKILL' }, 'signal: killed'],
    [{ target: 'ownGroup', signal: 'SIGKILL' }, 'signal: killed'],
  ])('process.kill of itself, %j, ends its environment only', async (event, status) => {
    const runtime = startRuntime([defineFunction('killsItself'), defineFunction('echo')]);
    await runtime.invoke('echo', 1);
    expect(await runtime.invoke('killsItself', event)).toMatchObject({
      kind: 'error',
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        new RegExp(`^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: ${status}$`),
      ),
    });
    expect(await runtime.invoke('echo', 2)).toEqual({ kind: 'success', payload: 2 });
    expect(runtime.environments('echo')).toBe(1);
  });

  test.each([
    ['aborts', 'signal: aborted (core dumped)'],
    ['reallyExits', 'exit status 3'],
  ])('%s: ends its environment only', async (handler, status) => {
    const runtime = startRuntime([defineFunction(handler), defineFunction('echo')]);
    await runtime.invoke('echo', 1);
    expect(await runtime.invoke(handler, {})).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining(`Runtime exited with error: ${status}`),
    });
    expect(await runtime.invoke('echo', 2)).toEqual({ kind: 'success', payload: 2 });
  });

  test('a signal that a function listens to reaches it, and one that nobody minds does nothing', async () => {
    const runtime = startRuntime([defineFunction('kills'), defineFunction('killsItself')]);
    expect(await runtime.invoke('kills', { signal: 'SIGTERM' })).toEqual({
      kind: 'success',
      payload: 'listened',
    });
    expect(await runtime.invoke('killsItself', { signal: 'SIGWINCH' })).toMatchObject({ payload: 'alive' });
    expect(await runtime.invoke('killsItself', { signal: 0 })).toMatchObject({ payload: 'alive' });
  });

  test.each(['never', 'spins'])('%s: a function over its timeout is ended', async (handler) => {
    const { runtime, invoke } = only(handler, { timeoutSeconds: 0.25 });
    expect(await invoke()).toMatchObject({
      kind: 'error',
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} Task timed out after 0\.25 seconds$/,
      ),
    });
    expect(runtime.lines.at(-1)).toMatchObject({
      stream: 'platform',
      line: expect.stringContaining('Task timed out after 0.25 seconds'),
    });
    expect(runtime.invocationsInFlight()).toBe(0);
    await until(() => runtime.environments() === 0);
  });

  test('what a function wrote before it hung is in the log', async () => {
    const { runtime, invoke } = only('spins', { timeoutSeconds: 0.25 });
    await invoke();
    expect(runtime.lines[0]).toMatchObject({ stream: 'stdout', line: 'about to spin' });
  });

  test('half a line is in the log when the function exits in the middle of it', async () => {
    const { runtime, invoke } = only('exitsMidLine');
    await invoke();
    expect(runtime.lines).toMatchObject([{ stream: 'stdout', line: 'half a line' }]);
  });

  test('an environment that dies between invocations is not used again', async () => {
    const { runtime, invoke } = only('diesAfterwards');
    for (let round = 1; round <= 5; round += 1) {
      expect(await invoke()).toEqual({ kind: 'success', payload: 'done' });
      await until(() => runtime.lines.length >= round && runtime.environments() === 0);
    }
    expect(runtime.lines[0]?.line).toMatch(/^Uncaught Exception\t.*after the end/);
  });

  test.each([
    [
      'handler',
      'missing-import.cjs',
      'Runtime.ImportModuleError',
      /Cannot find module '\.\/there-is-no-such-file/,
    ],
    ['handler', 'not-there.cjs', 'Runtime.ImportModuleError', /Cannot find module/],
    ['handler', 'throws-while-loading.cjs', 'Error', /^configuration is missing TABLE_NAME$/],
    [
      'misspelt',
      'handlers.cjs',
      'Runtime.HandlerNotFound',
      /^handlers\.misspelt is undefined or not exported$/,
    ],
    ['notAFunction', 'handlers.cjs', 'Runtime.HandlerNotFound', /^handlers\.notAFunction is not a function$/],
    ['three', 'handlers.cjs', 'Runtime.CallbackHandlerDeprecated', /removed support for callback-based/],
  ])('%s of %s cannot be loaded: %s', async (handlerExport, file, errorType, message) => {
    const { runtime, invoke } = only(handlerExport, { handlerFile: bundle(file) });
    expect(await invoke()).toMatchObject({
      kind: 'error',
      errorType,
      errorMessage: expect.stringMatching(message),
    });
    expect(runtime.lines.map(({ line }) => line).join()).toContain(errorType);
  });
});

describe('execution environments', () => {
  test('a warm environment keeps its state and is used again', async () => {
    const { invoke } = only('count');
    const first = await invoke();
    const second = await invoke();
    expect([first, second]).toMatchObject([{ payload: { count: 1 } }, { payload: { count: 2 } }]);
  });

  test('concurrent invocations run in environments of their own', async () => {
    const { runtime, invoke } = only('never', { timeoutSeconds: 60 });
    const results = Promise.all([1, 2, 3].map(() => invoke()));
    await until(() => runtime.environments() === 3);
    expect(runtime.values('ConcurrentExecutions', 'never')).toEqual([1, 2, 3]);
    await runtime.stop();
    await results;
  });

  test('a burst of quick invocations is served by few environments', async () => {
    const { runtime, invoke } = only('echo');
    const results = await Promise.all(Array.from({ length: 200 }, (_, index) => invoke(index)));
    expect(results.map((result) => result.kind === 'success' && result.payload)).toEqual([
      ...Array(200).keys(),
    ]);
    expect(runtime.environments()).toBeLessThanOrEqual(4);
  });

  test('on a full machine invocations wait for an environment', async () => {
    const { runtime, invoke } = only('sleeps', {}, { maximumEnvironments: 2 });
    const results = Promise.all(Array.from({ length: 6 }, () => invoke({ milliseconds: 30 })));
    expect(runtime.invocationsInFlight()).toBe(6);
    expect((await results).every(({ kind }) => kind === 'success')).toBe(true);
    expect(runtime.environments()).toBeLessThanOrEqual(2);
  });

  test('a busy function does not keep another from its first environment', async () => {
    const runtime = startRuntime([defineFunction('sleeps'), defineFunction('echo')], {
      maximumEnvironments: 1,
    });
    let served = 0;
    const busy = Promise.all(
      Array.from({ length: 30 }, () =>
        runtime.invoke('sleeps', { milliseconds: 10 }).then(() => (served += 1)),
      ),
    );
    expect(await runtime.invoke('echo', 'quick')).toMatchObject({ payload: 'quick' });
    expect(served).toBeLessThan(30);
    await busy;
  });

  test('an idle environment makes room for another function', async () => {
    const runtime = startRuntime([defineFunction('count'), defineFunction('echo')], {
      maximumEnvironments: 1,
    });
    await runtime.invoke('count', {});
    await runtime.invoke('echo', {});
    expect(runtime.environments('count')).toBe(0);
    expect(await runtime.invoke('count', {})).toMatchObject({ payload: { count: 1 } });
  });

  test('no more idle environments make room than are needed', async () => {
    const names = ['echo', 'nothing', 'synchronous', 'count'];
    const runtime = startRuntime(
      names.map((name) => defineFunction(name)),
      { maximumEnvironments: 3 },
    );
    for (const name of ['nothing', 'synchronous', 'echo']) await runtime.invoke(name, {});
    const counted = runtime.invoke('count', {});
    for (let index = 0; index < 20; index += 1) await runtime.invoke('echo', index);
    await counted;
    expect(names.map((name) => runtime.environments(name))).toEqual([1, 0, 1, 1]);
  });

  test('idle environments end after a while', async () => {
    const reaped = Promise.withResolvers<void>();
    let now = 0;
    const clock = {
      now: () => now,
      sleep: async (milliseconds: number, signal?: AbortSignal) => {
        if (milliseconds !== 150_000) return new Promise<void>(() => {});
        await turn();
        now += milliseconds;
        if (signal?.aborted) reaped.resolve();
      },
    };
    const { runtime, invoke } = only('echo', {}, { clock });
    await invoke(1);
    await until(() => runtime.environments() === 0);
    expect(await invoke(2)).toMatchObject({ payload: 2 });
  });

  test('an initialization over 10 seconds begins again, in the time of the invocation', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'initialization-'));
    const handlerFile = path.join(directory, 'handler.js');
    const [first, second] = [path.join(directory, 'first'), path.join(directory, 'second')];
    await writeFile(
      handlerFile,
      `const { existsSync, writeFileSync } = require('node:fs');
       const marks = ${JSON.stringify([first, second])};
       const isFirst = !existsSync(marks[0]);
       writeFileSync(marks[isFirst ? 0 : 1], '');
       while (isFirst);
       exports.handler = async (_, context) => context.getRemainingTimeInMillis();`,
    );
    const clock = {
      now: () => (existsSync(second) ? 3_000 : 0),
      sleep: async (milliseconds: number) => {
        if (milliseconds !== 10_000) return new Promise<void>(() => {});
        await until(() => existsSync(first));
      },
    };
    const { invoke } = only('handler', { handlerFile, timeoutSeconds: 8 }, { clock });
    const result = await invoke();
    expect(result).toMatchObject({ kind: 'success' });
    const { payload } = z.object({ payload: z.number() }).parse(result);
    expect(payload).toBeLessThanOrEqual(5_000);
    expect(payload).toBeGreaterThan(1_000);
    await rm(directory, { recursive: true });
  });

  test('code that does not parse is reported as such', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'syntax-'));
    const handlerFile = path.join(directory, 'handler.js');
    await writeFile(handlerFile, 'exports.handler = async () => {');
    const { invoke } = only('handler', { handlerFile });
    expect(await invoke()).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' });
    await rm(directory, { recursive: true });
  });

  test('reload: the next invocation runs the new code, a running one ends with the old', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'reload-'));
    const handlerFile = path.join(directory, 'handler.js');
    const write = (version: number) =>
      writeFile(
        handlerFile,
        `exports.handler = ({ ms }) => new Promise((done) => setTimeout(() => done(${version}), ms));`,
      );
    await write(1);
    const { runtime, invoke } = only('handler', { handlerFile });
    expect(await invoke({ ms: 0 })).toMatchObject({ payload: 1 });
    const running = invoke({ ms: 200 });
    await write(2);
    runtime.reload('handler');
    expect(await invoke({ ms: 0 })).toMatchObject({ payload: 2 });
    expect(await running).toMatchObject({ payload: 1 });
    expect(await invoke({ ms: 0 })).toMatchObject({ payload: 2 });
    await rm(directory, { recursive: true });
  });

  test('replace: a function gets another configuration, and a new one is added', async () => {
    const { runtime } = only('echo');
    await runtime.invoke('echo', 1);
    runtime.replace(defineFunction('echo', { handlerExport: 'nothing' }));
    runtime.replace(defineFunction('synchronous'));
    expect(await runtime.invoke('echo', 1)).toMatchObject({ payload: null });
    expect(await runtime.invoke('synchronous', 1)).toMatchObject({ payload: { got: 1 } });
  });

  test('crash ends what runs in the middle, not what is idle; the next invocation gets a new environment', async () => {
    const { runtime, invoke } = only('never');
    const running = invoke();
    let crashed = 0;
    await until(() => {
      void runtime.crash('never').then((count) => {
        crashed += count;
      });
      return crashed > 0;
    });
    expect(await running).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
    expect(await runtime.crash('never')).toBe(0);

    const idle = only('echo');
    await idle.invoke(1);
    expect(await idle.runtime.crash('echo')).toBe(0);
    expect(await idle.invoke(2)).toMatchObject({ payload: 2 });
  });

  test('stop ends what runs and what waits', async () => {
    const { runtime, invoke } = only('never', {}, { maximumEnvironments: 1 });
    const results = Promise.all([invoke(), invoke()]);
    await runtime.stop();
    expect(await results).toMatchObject([
      { errorType: 'Runtime.ExitError' },
      { errorType: 'Runtime.ExitError' },
    ]);
    expect(runtime.environments()).toBe(0);
    expect(await invoke()).toMatchObject({ errorType: 'Runtime.ExitError' });
  });
});

describe('concurrency limits', () => {
  test('beyond the reserved concurrency an invocation is throttled', async () => {
    const { runtime, invoke } = only('sleeps', { reservedConcurrency: 2 });
    const results = await Promise.all([1, 2, 3].map(() => invoke({ milliseconds: 20 })));
    expect(results.map(({ kind }) => kind)).toEqual(['success', 'success', 'throttled']);
    expect(runtime.values('Throttles', 'sleeps').filter(Boolean)).toEqual([1]);
    expect(runtime.values('Invocations', 'sleeps')).toHaveLength(2);
    expect(await invoke({ milliseconds: 1 })).toMatchObject({ kind: 'success' });
  });

  test('a reserved concurrency of 0 stops a function', async () => {
    expect(await only('echo', { reservedConcurrency: 0 }).invoke()).toEqual({ kind: 'throttled' });
  });

  test('functions without a reservation share what the others leave', async () => {
    const runtime = startRuntime(
      [defineFunction('sleeps'), defineFunction('echo'), defineFunction('count', { reservedConcurrency: 2 })],
      { accountConcurrency: 3 },
    );
    const slow = runtime.invoke('sleeps', { milliseconds: 50 });
    expect(await runtime.invoke('echo', 1)).toEqual({ kind: 'throttled' });
    expect(await runtime.invoke('count', 1)).toMatchObject({ kind: 'success' });
    await slow;
    expect(await runtime.invoke('echo', 1)).toMatchObject({ kind: 'success' });
  });
});

describe('logs and metrics', () => {
  test('each line comes with its function, stream and request id', async () => {
    const { runtime } = only('logs');
    await runtime.invoke('logs', { name: 'Ada' }, { requestId: 'request-1' });
    expect(runtime.lines.map(({ stream, requestId, line }) => ({ stream, requestId, line }))).toEqual([
      { stream: 'stdout', requestId: 'request-1', line: 'hello Ada' },
      { stream: 'stderr', requestId: 'request-1', line: 'two' },
      { stream: 'stderr', requestId: 'request-1', line: 'lines' },
      { stream: 'stderr', requestId: 'request-1', line: 'Warning: careful' },
      { stream: 'stdout', requestId: 'request-1', line: 'unfinished' },
    ]);
  });

  test('a caller can have the lines of one invocation', async () => {
    const { runtime } = only('logs');
    const lines: string[] = [];
    const requestId = 'request-1';
    await runtime.invoke('logs', { name: 'Ada' }, { requestId, log: ({ line }) => lines.push(line) });
    await runtime.invoke('logs', { name: 'Bob' }, { requestId });
    expect(lines[0]).toBe('hello Ada');
    expect(lines).not.toContain('hello Bob');
  });

  test('metrics in the embedded metric format reach the sink, one datum per dimension set and value', async () => {
    const { runtime, invoke } = only('metrics');
    await invoke();
    const base = { namespace: 'Posts', timestamp: 1_700_000_000_000 };
    const published = { ...base, name: 'published', unit: 'Count', value: 3 };
    const latency = { ...base, name: 'latency', unit: 'Milliseconds' };
    expect(runtime.metrics.filter(({ namespace }) => namespace === 'Posts')).toEqual(
      [{ service: 'broadcaster' }, { service: 'broadcaster', kind: 'INSERT' }].flatMap((dimensions) => [
        { ...published, dimensions },
        { ...latency, dimensions, value: 5 },
        { ...latency, dimensions, value: 7 },
      ]),
    );
  });

  test('an invocation counts as CloudWatch counts it', async () => {
    const { runtime, invoke } = only('sleeps');
    await invoke({ milliseconds: 30 });
    expect(
      Object.fromEntries(
        ['Invocations', 'Errors', 'Throttles', 'ConcurrentExecutions'].map((name) => [
          name,
          runtime.values(name, 'sleeps'),
        ]),
      ),
    ).toEqual({ Invocations: [1], Errors: [0], Throttles: [0], ConcurrentExecutions: [1] });
    expect(runtime.values('Duration', 'sleeps')[0]).toBeGreaterThanOrEqual(29);
  });

  test('an error counts at the time of its invocation', async () => {
    const { runtime, invoke } = only('sleeps');
    await invoke({ milliseconds: 30 });
    const timeOf = (wanted: string) => runtime.metrics.find(({ name }) => name === wanted)?.timestamp;
    expect(timeOf('Errors')).toBe(timeOf('ConcurrentExecutions'));
    expect(timeOf('Errors')).toBeLessThan(timeOf('Invocations') ?? 0);
  });
});
