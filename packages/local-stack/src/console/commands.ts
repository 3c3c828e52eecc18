import type { FunctionDefinition } from '../lambda-runtime/index.ts';
import type { ProvisionedResource } from '../provisioning/index.ts';
import { skipEventWaits, skipWaits } from '../skip-waits.ts';
import type { ConsoleParts } from './parts.ts';

/** @returns what to answer. @throws with what is wrong with the request */
export type Command = (body: string) => Promise<unknown>;
export type CommandFor = (method: string, path: string) => Command | undefined;

const SKIP_WITHIN_MS = 30_000;

/**
 * What can be done to a running stack on purpose, to see how it takes it:
 * - `POST /functions/<logical id>/environment`, body `NAME=value&…`: runs the function with other values, as a deploy
 *   with a mistake in it would; `DELETE` takes that back
 * - `POST /functions/<logical id>/crash`: ends the environments of the function that are busy, in the middle of what they do
 * - `POST /functions/<logical id>/skip-waits`: lets the waiting times of the function's asynchronous events pass
 * - `POST /queues/<logical id>/skip-waits`: lets the waiting times of the queue's messages pass
 * - `POST /schedules/<logical id>/fire`: fires a schedule, or a rule with one, now
 * - `POST /alarms/evaluate`: measures the queues and evaluates the alarms as if the minute were over
 */
export const consoleCommands = ({
  provisioned,
  runtime,
  mappings,
  alarms,
  queueMetrics,
  clients,
  engines,
  clock,
  switches,
  asynchronous,
  schedules,
  mappingClock,
}: ConsoleParts): CommandFor => {
  const resourceOf = (type: string, logicalId: string): ProvisionedResource => {
    const resource = provisioned.resources.get(logicalId);
    if (resource?.type === type) return resource;
    const known = provisioned.ofType(type).map((other) => other.logicalId);
    throw new Error(`the template has no ${type} ${logicalId}; it has ${known.join(', ')}`);
  };
  const definitionOf = (logicalId: string): FunctionDefinition => {
    const { ref } = resourceOf('AWS::Lambda::Function', logicalId);
    const definition = runtime.find(ref);
    if (!definition) throw new Error(`${ref} is not running`);
    return definition;
  };

  const changeEnvironment = (logicalId: string) => async (body: string) => {
    const { environment } = definitionOf(logicalId);
    const changes = Object.fromEntries(new URLSearchParams(body.trim()));
    for (const name of Object.keys(changes)) {
      if (!(name in environment)) throw new Error(`${logicalId} has no variable ${name}`);
    }
    for (const [name, value] of Object.entries(changes))
      await switches.set({ kind: 'environment', function: logicalId, name, value });
    return { function: logicalId, runsWith: changes };
  };
  const restoreEnvironment = (logicalId: string) => async () => {
    definitionOf(logicalId);
    for (const { id, fault } of [...switches.on()]) {
      if (fault.kind === 'environment' && fault.function === logicalId) await switches.takeBack(id);
    }
    return { function: logicalId, runsWith: 'the environment it was deployed with' };
  };
  const crash = (logicalId: string) => async () => {
    const { ref } = resourceOf('AWS::Lambda::Function', logicalId);
    return { function: logicalId, crashed: await runtime.crash(ref) };
  };
  const skipWaitsOf = (logicalId: string) => async () => {
    const { ref, attributes } = resourceOf('AWS::SQS::Queue', logicalId);
    const madeVisible = await skipWaits({
      sqs: clients.sqs,
      messagingUrl: engines.endpoints.messaging,
      queueName: attributes.QueueName ?? '',
      queueUrl: ref,
      messagesAtFunction: () =>
        mappings
          .status()
          .flatMap((mapping) =>
            mapping.kind === 'queue' && mapping.eventSourceArn === attributes.Arn
              ? mapping.queue.inFlight
              : [],
          )
          .reduce((sum, count) => sum + count, 0),
      timeoutMs: SKIP_WITHIN_MS,
    });
    return { queue: logicalId, madeVisible };
  };
  const skipFunctionWaits = (logicalId: string) => async () => {
    const { ref } = resourceOf('AWS::Lambda::Function', logicalId);
    const events = asynchronous.pending(ref).length;
    await skipEventWaits({
      isEmpty: () => asynchronous.pending(ref).length === 0,
      clock: mappingClock,
      timeoutMs: SKIP_WITHIN_MS,
    });
    return { function: logicalId, events };
  };
  const fire = (logicalId: string) => async () => {
    await schedules.fire(logicalId);
    return { fired: logicalId };
  };
  const evaluateAlarms = async () => {
    await queueMetrics.sample();
    clock.asOfMinutesEnd(alarms.evaluate);
    return alarms
      .states()
      .filter(({ state }) => state === 'ALARM')
      .map(({ alarmName, reason }) => ({ alarmName, reason }));
  };

  return (method, path) => {
    const [, kind, logicalId = '', what] = path.split('/');
    if (kind === 'functions' && what === 'environment') {
      if (method === 'POST') return changeEnvironment(logicalId);
      if (method === 'DELETE') return restoreEnvironment(logicalId);
    }
    if (method === 'POST' && kind === 'functions' && what === 'crash') return crash(logicalId);
    if (method === 'POST' && kind === 'functions' && what === 'skip-waits')
      return skipFunctionWaits(logicalId);
    if (method === 'POST' && kind === 'queues' && what === 'skip-waits') return skipWaitsOf(logicalId);
    if (method === 'POST' && kind === 'schedules' && what === 'fire') return fire(logicalId);
    if (method === 'POST' && path === '/alarms/evaluate') return evaluateAlarms;
    return undefined;
  };
};
