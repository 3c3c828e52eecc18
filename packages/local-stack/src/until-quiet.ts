import type { AsynchronousInvocation } from './asynchronous-invocation/index.ts';
import { systemClock } from './clock.ts';
import type { Engines } from './engines/index.ts';
import type { Delivery } from './event-bridge/index.ts';
import type { EventSourceMappings } from './event-source-mappings/index.ts';
import type { LambdaRuntime } from './lambda-runtime/index.ts';
import type { ProvisionedTemplate } from './provisioning/index.ts';

/** Longer than a mapping needs to notice a new record. */
const QUIET_FOR_MILLISECONDS = 250;

/** The parts of a stack in which something can be under way. */
export interface Watched {
  engines: Engines;
  mappings: EventSourceMappings;
  asynchronous: AsynchronousInvocation;
  delivery: Delivery;
  runtime: LambdaRuntime;
  provisioned: ProvisionedTemplate;
  /** When an invocation last began or ended, Unix milliseconds. */
  activity: { last: number };
}

/** Names of what is still under way; empty when nothing is. Dead-letter queues may hold messages for ever. */
const underWay = async ({
  engines,
  mappings,
  asynchronous,
  delivery,
  runtime,
  provisioned,
}: Watched): Promise<string[]> => {
  // A closer look takes time from what runs, and would find nothing else.
  if (runtime.invocationsInFlight() > 0) return ['invocations'];
  // Reads the stream now: an unread record means that the stack is not quiet.
  mappings.wake();
  const consumed = new Set(
    provisioned.ofType('AWS::Lambda::EventSourceMapping').map(({ properties }) => properties.EventSourceArn),
  );
  const depths = await engines.queueDepths();
  const busyQueues = provisioned.ofType('AWS::SQS::Queue').filter(({ attributes }) => {
    const depth = depths.get(attributes.QueueName ?? '');
    return consumed.has(attributes.Arn) && depth && depth.visible + depth.inFlight + depth.delayed > 0;
  });
  const busyStreams = mappings
    .status()
    .filter(
      ({ kind, quietSince, state }) => kind === 'stream' && state === 'Enabled' && quietSince === undefined,
    );
  return [
    ...busyQueues.map(({ logicalId }) => logicalId),
    ...busyStreams.map(({ logicalId }) => logicalId),
    ...new Set(asynchronous.pending().map(({ functionName }) => `events of ${functionName}`)),
    ...(delivery.waiting() > 0 ? ['events for targets'] : []),
    ...(runtime.invocationsInFlight() > 0 ? ['invocations'] : []),
  ];
};

/**
 * Resolves when no invocation runs, no asynchronous event waits, every consumed queue is empty and the stream is read to
 * its end.
 * @returns when the last invocation ended, Unix milliseconds; 0 when there was none
 * @throws {Error} naming what is still under way after `timeoutMilliseconds`
 */
export const untilQuiet = async (watched: Watched, timeoutMilliseconds: number): Promise<number> => {
  const deadline = Date.now() + timeoutMilliseconds;
  let quietSince: number | undefined;
  for (;;) {
    const busy = await underWay(watched);
    const now = Date.now();
    if (busy.length > 0) quietSince = undefined;
    else quietSince ??= now;
    const reference = Math.max(quietSince ?? now, watched.activity.last);
    if (quietSince !== undefined && now - reference >= QUIET_FOR_MILLISECONDS) return watched.activity.last;
    if (now > deadline)
      throw new Error(`not quiet after ${timeoutMilliseconds} ms: ${busy.join(', ') || 'still active'}`);
    await systemClock.sleep(25);
  }
};
