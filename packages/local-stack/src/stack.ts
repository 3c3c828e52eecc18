import { mkdir } from 'node:fs/promises';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createAlarms } from './alarms/index.ts';
import {
  type AsynchronousInvocation,
  asynchronousConfigurations,
  awsDestinations,
  fileEventStore,
  startAsynchronousInvocation,
  UnknownFunction,
} from './asynchronous-invocation/index.ts';
import type { Build } from './build/build.ts';
import { type Clients, createClients } from './clients.ts';
import { systemClock } from './clock.ts';
import { serveConsole } from './console/index.ts';
import { createObservations, type Observations } from './console/observations.ts';
import { EVENT_SOURCE_MAPPINGS, endpointsThrough } from './endpoint-proxy.ts';
import { claimPort, type Engines, startEngines } from './engines/index.ts';
import {
  createDelivery,
  createEventBuses,
  type EventBridgeApi,
  type EventBuses,
  serveEventBridge,
  startSchedules,
  targetQueues,
  UndeliverableError,
} from './event-bridge/index.ts';
import {
  awsPorts,
  fileCheckpoints,
  parseEventSourceMapping,
  queueUrls,
  startEventSourceMappings,
  wakeOnWrites,
} from './event-source-mappings/index.ts';
import { createSwitches } from './faults/switches.ts';
import { declaredEventBridge } from './from-template/event-bridge.ts';
import { functionDefinitions } from './from-template/functions.ts';
import { httpApiDefinition } from './from-template/http-api.ts';
import { type Served, serveHttpApi } from './http-api/index.ts';
import { enforceRights, everythingAllowed, type RightsInForce } from './iam/in-force.ts';
import { refusalOfTargets, refusedTargetLines } from './iam/targets.ts';
import { type Identity, serveIdentity } from './identity/index.ts';
import {
  createLambdaRuntime,
  type FunctionDefinition,
  type FunctionLogSink,
  type InvokeFunction,
  type LambdaRuntime,
} from './lambda-runtime/index.ts';
import { serveLambdaApi } from './lambda-runtime/lambda-api.ts';
import { type Lock, tryLock } from './lock.ts';
import { type LogDirectory, openLogDirectory } from './log-directory.ts';
import { createMetricStore, type MetricStore } from './metrics/index.ts';
import { admitNotifications, createNotifier, declaredNotifications } from './object-events/index.ts';
import { readLocalValues } from './parameters/local-values.ts';
import { printable } from './printable.ts';
import { type ProvisionedTemplate, provisionTemplate } from './provisioning/index.ts';
import { type SecretStore, secretStore } from './provisioning/secret-store.ts';
import { fauxqsQueueDepths, startQueueMetrics } from './queue-metrics/index.ts';
import {
  announce,
  announceStart,
  hasCrashed,
  type RunningStack,
  userOfState,
  withdraw,
} from './running-stack.ts';
import { type SecretsManager, serveSecretsManager } from './secrets-manager.ts';
import { minuteClock, skippableClock } from './skip-waits.ts';
import { LOCAL_ACCOUNT, LOCAL_CLIENT_ID } from './stack-constants.ts';
import { forget, type StateDirectory } from './state-directory.ts';
import { logicalIdsOf } from './trace/logical-ids.ts';
import { createTraces } from './trace/traces.ts';
import { untilQuiet } from './until-quiet.ts';
import { UserError } from './user-error.ts';

/** A port for each part; 0 takes a free one. */
export interface StackPorts {
  http: number;
  identity: number;
  lambda: number;
  console: number;
  messaging: number;
  dynamoDb: number;
}

/** Every part on a free port. */
export const FREE_PORTS: StackPorts = {
  http: 0,
  identity: 0,
  lambda: 0,
  console: 0,
  messaging: 0,
  dynamoDb: 0,
};

export interface StackOptions {
  build: Build;
  state: StateDirectory;
  ports: StackPorts;
  /** Forgets the data of earlier starts first. */
  fresh?: boolean;
  /** Lines for people about the stack itself, escaped (`printable.ts`). */
  tell: (line: string) => void;
  /** Gives the start up; what has been started by then ends in order. */
  signal?: AbortSignal;
  /** Called when the stack cannot continue and must be stopped. */
  onLoss: (reason: string) => void;
  /** Every line of every function; they are kept in files as well. */
  onLogLine?: FunctionLogSink;
  /** The URL of a proxy through which functions and event source mappings reach the engines; see `endpoint-proxy.ts`. */
  endpointProxy?: string | undefined;
  /** Lets messages of standard queues come in any order, one in ten twice, as SQS may. */
  unorderedQueues?: boolean | undefined;
  /** Whether functions and event source mappings may do only what their roles allow; so by default. */
  rights?: boolean;
  /** Functions get no longer timeout than this, so that one that hangs is seen sooner. */
  maxTimeoutSeconds?: number | undefined;
  /** Nothing times out: a debugger may stop the code. */
  debugging?: boolean | undefined;
}

/** What is made from a build: it can be replaced by that of another build while the engines go on. */
interface Service {
  provisioned: ProvisionedTemplate;
  runtime: LambdaRuntime;
  definitions: readonly FunctionDefinition[];
  served: Served;
  addresses: Pick<RunningStack, 'lambdaUrl' | 'consoleUrl'>;
  stop(): Promise<void>;
}

/** The whole service, running on this machine. */
export interface LocalStack {
  running: RunningStack;
  /** Of the build that runs now. */
  service(): Pick<Service, 'provisioned' | 'runtime' | 'definitions'>;
  /**
   * Replaces the build of the service: the engines and their data stay, and work in progress finishes first.
   * @throws {UserError} when the build cannot be served; the one before runs on
   */
  update(build: Build): Promise<void>;
  stop(): Promise<void>;
}

/** How long requests and batches in progress may continue once the stack is asked to stop. */
const GRACE_MILLISECONDS = 10_000;

/** Undoes what was started, last first, also when a later start fails. */
const cleanups = () => {
  const steps: (() => unknown)[] = [];
  return {
    add: (step: () => unknown) => steps.push(step),
    /** @throws {AggregateError} when steps failed, after all the others */
    run: async () => {
      const errors: unknown[] = [];
      for (const step of steps.splice(0).toReversed()) {
        try {
          await step();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0)
        throw new AggregateError(errors, `some parts did not stop cleanly: ${errors.join('; ')}`);
    },
  };
};

const lockState = async (state: StateDirectory): Promise<Lock> => {
  await mkdir(state.root, { recursive: true });
  const lock = tryLock(state.lock);
  if (lock) return lock;
  throw new UserError(
    `another local stack (process ${userOfState(state) ?? 'unknown'}) uses ${state.root}: stop it, or start with another --stage`,
  );
};

/**
 * Starts everything that the compiled template declares: engines with their resources, functions, event source
 * mappings, the HTTP API with its identity. Data of an earlier start is used again.
 * @throws {PortInUse} {NoDynamoDbBinary} {TemplateError}, {UserError} when the data is in use, and the reason of
 *   `options.signal`; nothing is left running
 */
export const startStack = async (options: StackOptions): Promise<LocalStack> => {
  const undo = cleanups();
  try {
    return await startParts(options, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
};

const startParts = async (options: StackOptions, undo: ReturnType<typeof cleanups>): Promise<LocalStack> => {
  const { state, tell } = options;
  const { region } = options.build;
  const lock = await lockState(state);
  undo.add(lock.release);
  if (options.fresh) await forget(state);
  const ports = await claimPorts(options.ports);

  const afterCrash = hasCrashed(state);
  announceStart(state);
  // If the engines do not learn of the crash now, the next start must tell them.
  let isTold = !afterCrash;
  undo.add(() => isTold && withdraw(state));
  const store = createMetricStore();
  const enforcing = options.rights ?? true;
  const events = eventQueueInUse();
  const objectEvents: Base['objectEvents'] = { notify: undefined };
  const engines = await startEngines({
    directory: state.engines,
    region,
    // Callers from outside use the gateways, which distinguish functions from other callers.
    ports: enforcing ? { dynamoDb: 0, messaging: 0 } : ports,
    afterCrash,
    metrics: store.record,
    acceptEvent: async (functionArn, event) => (await events.queue).accept(functionArn, event),
    onObject: (event) => void objectEvents.notify?.(event),
    unorderedQueues: options.unorderedQueues ?? false,
    tell: (line) => tell(printable(line)),
    onLoss: options.onLoss,
  });
  undo.add(engines.stop);
  isTold = true;
  const rights = enforcing ? await enforceRights(engines, ports) : everythingAllowed(engines);
  undo.add(rights.stop);
  const clients = createClients(engines.endpoints, region);
  undo.add(clients.destroy);
  const identity = await serveIdentity({
    directory: state.identity,
    clientId: LOCAL_CLIENT_ID,
    port: ports.identity,
  });
  undo.add(identity.close);

  const secrets = secretStore(state.secrets);
  const secretsManager = await serveSecretsManager(secrets, rights.judge);
  undo.add(secretsManager.close);

  const eventBuses: Base['eventBuses'] = { current: undefined };
  const eventBridge = await serveEventBridge({
    buses: () => {
      if (eventBuses.current) return eventBuses.current;
      throw new Error('the stack is still starting');
    },
    judge: rights.judge,
  });
  undo.add(eventBridge.close);

  const logs = openLogDirectory(state.logs, (file, cause) =>
    tell(printable(`${file} cannot be written; log lines are lost until it can be written again: ${cause}`)),
  );
  undo.add(logs.close);

  const base: Base = {
    ...{ options, engines, rights, clients, identity, secrets, secretsManager, store, logs, events },
    ...{ objectEvents, eventBridge, eventBuses, startedAt: Date.now() },
    observations: createObservations(secrets),
    apiUrl: () => api.url,
  };
  let current = options.build;
  options.signal?.throwIfAborted();
  let service = await startService(base, current, ports);
  undo.add(() => service.stop());
  const api = await serveHttpApi({
    ...service.served,
    port: ports.http,
    debugging: options.debugging,
    metrics: store.record,
    accessLog: (line) => logs.write('api-access', printable(line)),
    onEvent: base.observations.bus.emit,
    keysOf: () => identity.keys,
  });
  undo.add(() => api.close(GRACE_MILLISECONDS));
  options.signal?.throwIfAborted();
  const running = (): RunningStack => ({
    apiUrl: api.url,
    ...service.addresses,
    eventBridgeUrl: eventBridge.endpoint,
    issuer: identity.issuer,
    endpoints: rights.endpoints,
  });
  announce(state, running());

  const portOf = (url: string) => Number(new URL(url).port);
  return {
    get running() {
      return running();
    },
    service: () => service,
    async update(build) {
      // Refused before anything is stopped: a new table, queue or subscription does no harm if the rest is refused.
      await provision(base, build);
      const { lambdaUrl, consoleUrl } = service.addresses;
      const same = { ...ports, lambda: portOf(lambdaUrl), console: portOf(consoleUrl) };
      await api.pause();
      await service.stop();
      try {
        service = await startService(base, build, same);
        current = build;
      } catch (error) {
        service = await startService(base, current, same);
        throw error;
      } finally {
        api.resume(service.served);
      }
      announce(state, running());
    },
    stop: undo.run,
  };
};

/** What stays while builds of the service come and go. */
interface Base {
  options: StackOptions;
  engines: Engines;
  rights: RightsInForce;
  clients: Clients;
  identity: Identity;
  secrets: SecretStore;
  secretsManager: SecretsManager;
  store: MetricStore;
  logs: LogDirectory;
  observations: Observations;
  eventBridge: EventBridgeApi;
  /** Of the build that runs. */
  eventBuses: { current: EventBuses | undefined };
  /** Tells the targets of the build that runs. */
  objectEvents: { notify: ReturnType<typeof createNotifier> | undefined };
  /** What rates count from, whatever build comes: Unix milliseconds. */
  startedAt: number;
  /** Where events for functions go. */
  events: EventQueueInUse;
  apiUrl: () => string;
}

/** The functions' queue of asynchronous events, of whichever build runs: who has an event waits for the first. */
interface EventQueueInUse {
  queue: Promise<AsynchronousInvocation>;
  use(queue: AsynchronousInvocation): void;
}

const eventQueueInUse = (): EventQueueInUse => {
  const first = Promise.withResolvers<AsynchronousInvocation>();
  const inUse: EventQueueInUse = {
    queue: first.promise,
    use: (queue) => {
      first.resolve(queue);
      inUse.queue = Promise.resolve(queue);
    },
  };
  return inUse;
};

const provision = (
  { clients, identity, secrets, rights }: Base,
  { template, stackName, region, settings, serviceDirectory }: Build,
): Promise<ProvisionedTemplate> =>
  provisionTemplate(
    template,
    {
      ...clients,
      ...{ stackName, region, accountId: LOCAL_ACCOUNT, secrets, identity },
      values: readLocalValues(serviceDirectory),
      queueEndpoint: rights.endpoints.messaging,
    },
    settings,
  );

const startService = async (base: Base, build: Build, ports: StackPorts): Promise<Service> => {
  const undo = cleanups();
  try {
    return await startServiceParts(base, build, ports, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
};

const startServiceParts = async (
  base: Base,
  build: Build,
  ports: StackPorts,
  undo: ReturnType<typeof cleanups>,
): Promise<Service> => {
  const { options, engines, rights, clients, identity, secrets, secretsManager, store, logs, observations } =
    base;
  const { state, tell, endpointProxy, maxTimeoutSeconds } = options;
  const { region } = build;
  const provisioned = await provision(base, build);

  const endpointsOf = (caller: string) =>
    endpointProxy ? endpointsThrough(endpointProxy, caller) : rights.endpoints;
  const pollers = createClients(
    endpointProxy ? endpointsThrough(endpointProxy, EVENT_SOURCE_MAPPINGS) : engines.endpoints,
    region,
  );
  undo.add(pollers.destroy);

  const metrics = store.record;
  const declaredMappings = provisioned
    .ofType('AWS::Lambda::EventSourceMapping')
    .map(({ properties, logicalId }) => parseEventSourceMapping(properties, logicalId));
  const asynchronousEvents = asynchronousConfigurations(
    provisioned.ofType('AWS::Lambda::Function').map(({ ref, attributes, properties }) => ({
      functionName: ref,
      functionArn: attributes.Arn ?? ref,
      properties,
    })),
    provisioned.ofType('AWS::Lambda::EventInvokeConfig').map(({ properties }) => properties),
  );
  const eventBridge = declaredEventBridge(provisioned);
  await rights.apply({
    build,
    provisioned,
    mappings: declaredMappings,
    asynchronousEvents,
    schedules: eventBridge.schedules,
    secrets,
    metrics,
    tell: (line) => tell(printable(line)),
  });
  const notifications = declaredNotifications(provisioned);
  const judge = rights.judge();
  if (judge) admitNotifications(notifications, judge);
  const mappingClock = skippableClock();
  const switches = createSwitches({
    provisioned,
    rights,
    runtime: () => runtime,
    mappings: () => mappings,
    tell: (line) => tell(printable(line)),
  });
  const lambda = await serveLambdaApi({
    runtime: () => runtime,
    judge: rights.judge,
    acceptEvent: (...event) => asynchronous.accept(...event),
    port: ports.lambda,
  });
  undo.add(lambda.close);
  const definitions = functionDefinitions(provisioned, build, {
    endpointsOf,
    secretsManager: secretsManager.endpoint,
    lambda: lambda.url,
    eventBridge: base.eventBridge.endpoint,
    region,
    maxTimeoutSeconds,
    debugging: options.debugging,
  });
  const runtime: LambdaRuntime = createLambdaRuntime({
    functions: definitions,
    metrics,
    log: (line) => {
      logs.write(line.functionName, line.line);
      observations.bus.emit({ kind: 'logged', line });
      options.onLogLine?.(line);
    },
    onEvent: observations.bus.emit,
    faultOf: switches.faultOf,
    compileCacheDirectory: build.compileCacheDirectory,
  });
  undo.add(runtime.stop);

  const activity = { last: 0 };
  const invoke: InvokeFunction = async (functionName, event, invocation) => {
    activity.last = Date.now();
    const result = await runtime.invoke(functionName, event, invocation);
    activity.last = Date.now();
    // What it wrote is in the stream by now: no need to wait for the next look.
    mappings.wake();
    return result;
  };
  const log = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => {
    if (level !== 'debug') tell(printable(message));
  };
  const queueUrlOf = queueUrls(pollers.sqs);
  const asynchronous: AsynchronousInvocation = startAsynchronousInvocation({
    configurations: asynchronousEvents,
    invoke,
    reservedConcurrencyOf: (functionName) => runtime.find(functionName)?.reservedConcurrency,
    destinations: awsDestinations({
      ...pollers,
      urlOf: queueUrlOf,
      invoke: async (functionArn, event) => asynchronous.accept(functionArn, event),
      putEvent: async (event) => {
        const [result] = await buses.put([event], true);
        if (result && 'ErrorCode' in result) throw new Error(`${result.ErrorCode}: ${result.ErrorMessage}`);
      },
    }),
    store: fileEventStore(state.asynchronousEvents),
    clock: mappingClock,
    metrics,
    log,
    onEvent: (event) => observations.bus.emit({ kind: 'asynchronous', event, at: Date.now() }),
  });
  base.events.use(asynchronous);
  base.objectEvents.notify = createNotifier({
    notifications,
    ports: {
      invoke: (functionArn, event) => asynchronous.accept(functionArn, event),
      sendMessage: async (queueArn, MessageBody) =>
        pollers.sqs.send(new SendMessageCommand({ QueueUrl: await queueUrlOf(queueArn), MessageBody })),
      publish: (TopicArn, Message, Subject) =>
        pollers.sns.send(new PublishCommand({ TopicArn, Message, Subject })),
    },
    region,
    log: (line) => log('error', line),
  });
  const refusalOf = refusalOfTargets(rights.judge);
  const delivery = createDelivery({
    ports: {
      invoke: async (functionArn, event, sender) => {
        try {
          asynchronous.accept(functionArn, event, { sender });
        } catch (error) {
          if (error instanceof UnknownFunction) throw new UndeliverableError(error.name, error.message);
          throw error;
        }
      },
      sendMessage: targetQueues(pollers.sqs, queueUrlOf),
    },
    refusalOf,
    clock: mappingClock,
    metrics,
    log,
  });
  undo.add(delivery.stop);
  const buses = createEventBuses({
    ...eventBridge,
    ...{ region, accountId: LOCAL_ACCOUNT, delivery, clock: systemClock, metrics, log },
  });
  base.eventBuses.current = buses;
  const schedules = startSchedules({
    ...eventBridge,
    ...{ delivery, clock: systemClock, since: base.startedAt },
  });
  undo.add(schedules.stop);
  for (const line of refusedTargetLines([...eventBridge.rules, ...eventBridge.schedules], refusalOf))
    tell(printable(line));
  undo.add(() => asynchronous.stop(GRACE_MILLISECONDS));
  const checkpoints = fileCheckpoints(state.checkpoints);
  // A mapping whose checkpoint is damaged would try again for ever.
  for (const { id } of declaredMappings) await checkpoints.load(id);
  const mappingPorts = awsPorts({ ...pollers, dynamodbStreams: pollers.streams });
  const mappings = startEventSourceMappings({
    mappings: declaredMappings,
    ...mappingPorts,
    queues: {
      ...mappingPorts.queues,
      receive: async (queueArn, ...wanted) => {
        const fault = switches.faultOfPoll(queueArn);
        if (fault !== undefined) throw new Error(fault);
        return mappingPorts.queues.receive(queueArn, ...wanted);
      },
    },
    endLongPolls: engines.endLongPolls,
    checkpoints,
    invoke,
    clock: mappingClock,
    metrics,
    log,
    // Overhearing the writes makes looking for them rare.
    ...(engines.databaseFile && { streamPolling: { activeMs: 30, idleMs: 1_000 } }),
    onEvent: (event) => observations.bus.emit({ kind: 'mapping', event, at: Date.now() }),
  });
  undo.add(() => mappings.stop(GRACE_MILLISECONDS));
  undo.add(() => rights.break([]));
  // Callers from outside are waited for while there is still a runtime.
  undo.add(() => lambda.close(GRACE_MILLISECONDS));
  if (engines.databaseFile) undo.add(wakeOnWrites(engines.databaseFile, mappings.wake));

  const queueMetrics = startQueueMetrics({
    queueNames: provisioned.ofType('AWS::SQS::Queue').flatMap(({ attributes }) => attributes.QueueName ?? []),
    read: fauxqsQueueDepths(engines.endpoints.messaging),
    clock: systemClock,
    metrics,
    log: tell,
  });
  undo.add(queueMetrics.stop);
  const alarmClock = minuteClock();
  const alarms = createAlarms({
    clock: alarmClock,
    alarms: [
      ...provisioned.ofType('AWS::CloudWatch::Alarm'),
      ...provisioned.ofType('AWS::CloudWatch::CompositeAlarm'),
    ],
    store,
    onStateChange: (change) => {
      logs.write('alarms', JSON.stringify(change));
      observations.alarmChanges.push(change);
      const { alarmName, oldState, newState, reason } = change;
      if (newState === 'ALARM' || oldState === 'ALARM')
        tell(printable(`${newState}  ${alarmName}: ${reason}`));
    },
  });
  for (const { alarmName, withoutData } of alarms.states()) {
    if (withoutData.length > 0)
      tell(
        printable(`${alarmName} cannot fire on this machine: nothing here emits ${withoutData.join(', ')}`),
      );
  }
  alarms.start();
  undo.add(alarms.stop);

  const whenQuiet = (timeout: number) =>
    untilQuiet({ engines, mappings, asynchronous, delivery, runtime, provisioned, activity }, timeout);
  const console = await serveConsole(
    {
      build,
      provisioned,
      definitions,
      runtime,
      invoke,
      mappings,
      asynchronousEvents,
      asynchronous,
      schedules,
      alarms,
      store,
      queueMetrics,
      clock: alarmClock,
      engines,
      clients,
      identity,
      apiUrl: base.apiUrl,
      untilQuiet: whenQuiet,
      observations,
      rights,
      switches,
      mappingClock,
      traces: createTraces({
        recorder: observations.recorder,
        calls: rights.calls,
        messages: engines.messageEvents,
        nameOf: logicalIdsOf(provisioned),
      }),
    },
    ports.console,
  );
  undo.add(console.close);
  return {
    provisioned,
    runtime,
    definitions,
    served: { api: httpApiDefinition(provisioned, { region, accountId: LOCAL_ACCOUNT }), invoke },
    addresses: { lambdaUrl: lambda.url, consoleUrl: console.url },
    stop: undo.run,
  };
};

const claimPorts = async (wanted: StackPorts): Promise<StackPorts> => ({
  http: await claimPort(wanted.http, 'the HTTP API', '--httpPort'),
  identity: await claimPort(wanted.identity, 'the token issuer', '--identityPort'),
  lambda: await claimPort(wanted.lambda, 'the Lambda API', '--lambdaPort'),
  console: await claimPort(wanted.console, 'the console', '--consolePort'),
  messaging: await claimPort(wanted.messaging, 'SNS, SQS and S3', '--messagingPort'),
  dynamoDb: await claimPort(wanted.dynamoDb, 'DynamoDB', '--dynamodbPort'),
});
