import assert from 'node:assert/strict';
import { refuseLargeEnvironment } from '../../../src/from-template/functions.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { queueArn, throttle, withQueue } from '../support/world.ts';

const holds = inArea('Functions');
const runtime = (name: string) => ({ file: 'lambda-runtime/lambda-runtime.test.ts', name });
const api = (name: string) => ({ file: 'lambda-runtime/lambda-api.test.ts', name });

export const functions: readonly Behaviour[] = [
  holds(
    'events and results are copies that went through JSON',
    pages.nodeHandler,
    runtime('events and results are copies that went through JSON'),
  ),
  holds(
    'an event over 6 MB is refused, and the function does not run',
    pages.quotas,
    runtime('an event over 6 MB is refused and does not run'),
  ),
  holds(
    'a result over 6 MB is an error',
    pages.quotas,
    runtime('a result over 6 MB is an error, one of just 6 MB is not'),
  ),
  holds('an asynchronous event may have 1 MB', pages.quotas, api('%o is refused: %s')),
  holds('environment variables take at most 4 KB together', pages.quotas, () => {
    const variables = (length: number) => ({ A: 'x'.repeat(length) });
    refuseLargeEnvironment('Function', variables(4_096 - '{"A":""}'.length));
    assert.throws(() => refuseLargeEnvironment('Function', variables(4_097 - '{"A":""}'.length)), /4096/);
  }),
  holds(
    'a function sees the variables that Lambda sets, and its own',
    pages.environmentVariables,
    runtime("a function sees Lambda's variables and its own, and nothing of the machine's but PATH"),
  ),
  holds(
    'the context tells request id, function, memory and the time that is left',
    pages.nodeContext,
    runtime('the context is the real one'),
  ),
  holds(
    'a function over its timeout is ended',
    pages.runtimeEnvironment,
    runtime('%s: a function over its timeout is ended'),
  ),
  holds(
    'an initialization over 10 seconds begins again, in the time of the invocation',
    pages.runtimeEnvironment,
    runtime('an initialization over 10 seconds begins again, in the time of the invocation'),
  ),
  holds(
    'a thrown error is the result, and the environment is used again',
    pages.nodeExceptions,
    runtime('%s: what the handler throws is the error, and the environment lives on'),
  ),
  holds(
    'a crash ends its environment only',
    pages.runtimeEnvironment,
    runtime('%s: ends its environment only, and is reported at once'),
  ),
  holds(
    'a warm environment keeps its state',
    pages.runtimeEnvironment,
    runtime('a warm environment keeps its state and is used again'),
  ),
  holds(
    'an environment runs one invocation at a time',
    pages.concurrency,
    runtime('concurrent invocations run in environments of their own'),
  ),
  holds(
    'beyond its reserved concurrency a function is throttled',
    pages.reservedConcurrency,
    runtime('beyond the reserved concurrency an invocation is throttled'),
  ),
  holds(
    'a reserved concurrency of 0 stops a function',
    pages.reservedConcurrency,
    runtime('a reserved concurrency of 0 stops a function'),
  ),
  holds(
    'functions without a reservation share what the others leave',
    pages.reservedConcurrency,
    runtime('functions without a reservation share what the others leave'),
  ),
  holds(
    'a reserved concurrency below that of a mapping throttles it, and loses nothing',
    pages.sqsScaling,
    () => {
      let running = 0;
      const processed = new Set<string>();
      return withQueue(
        {
          properties: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 5 } },
          handler: async ({ records }, _count, clock) => {
            if (running >= 2) return throttle;
            running += 1;
            await clock.sleep(1000);
            running -= 1;
            processed.add(records.join());
            return undefined;
          },
        },
        async (world) => {
          for (let count = 0; count < 12; count += 1) world.queues.send(queueArn, `m${count}`);
          world.start();
          await world.clock.until(() => world.queues.bodies(queueArn).length === 0);
          assert(world.events.some((event) => event.type === 'invocation' && event.outcome === 'throttled'));
          assert.equal(processed.size, 12);
        },
      );
    },
  ),
  holds('a throttled invocation is answered with 429', pages.invoke, api('is throttled with 429')),
  holds('LogType Tail returns the end of the log', pages.invoke, api('gets the tail of the log')),
  holds(
    'Errors counts at the time of the invocation',
    pages.metrics,
    runtime('an error counts at the time of its invocation'),
  ),
  holds(
    'Invocations, Errors, Throttles, Duration and ConcurrentExecutions by function',
    pages.metrics,
    runtime('an invocation counts as CloudWatch counts it'),
  ),
  holds(
    'metrics in the embedded metric format are extracted from the log',
    pages.embeddedMetrics,
    runtime('metrics in the embedded metric format reach the sink, one datum per dimension set and value'),
  ),
];
