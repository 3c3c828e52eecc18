import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Alarms, createAlarms } from './alarms/index.ts';
import { EVENT_SOURCE_MAPPINGS, endpointsAtBorder } from './border.ts';
import type { Build } from './build/build.ts';
import { type Clients, createClients } from './clients.ts';
import { systemClock } from './clock.ts';
import { serveConsole } from './console.ts';
import { consoleCommands } from './console-commands.ts';
import { claimPort, type Engines, startEngines } from './engines/index.ts';
import {
  awsPorts,
  type EventSourceMappings,
  fileCheckpoints,
  type MappingEvent,
  parseEventSourceMapping,
  startEventSourceMappings,
  wakeOnWrites,
} from './event-source-mappings/index.ts';
import { functionDefinitions } from './from-template/functions.ts';
import { httpApiDefinition } from './from-template/http-api.ts';
import { functionLogs } from './function-logs.ts';
import { serveHttpApi } from './http-api/index.ts';
import { minuteClock } from './hurry.ts';
import { type Identity, serveIdentity } from './identity/index.ts';
import {
  createLambdaRuntime,
  type FunctionLogSink,
  type InvokeFunction,
  type LambdaRuntime,
} from './lambda-runtime/index.ts';
import { serveLambdaApi } from './lambda-runtime/lambda-api.ts';
import { lockHolder, takeLock } from './lock.ts';
import { createMetricStore } from './metrics/index.ts';
import { type ProvisionedTemplate, provisionTemplate } from './provisioning/index.ts';
import { secretStore } from './provisioning/secret-store.ts';
import { fauxqsQueueDepths, startQueueMetrics } from './queue-metrics/index.ts';
import { announce, type RunningStack, withdraw } from './running-stack.ts';
import { serveSecretsManager } from './secrets-manager.ts';
import { LOCAL_ACCOUNT, LOCAL_CLIENT_ID } from './stack-constants.ts';
import { forget, type StateDirectory } from './state-directory.ts';
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
  /** Lines for people about the stack itself. */
  tell: (line: string) => void;
  /** Every line of every function; they are kept in files as well. */
  onLogLine?: FunctionLogSink;
  onMappingEvent?: (event: MappingEvent) => void;
  /** The URL of a proxy through which functions and event source mappings reach the engines; see `border.ts`. */
  border?: string | undefined;
  /** Functions get no longer timeout than this, so that one that hangs is seen sooner. */
  mostSeconds?: number | undefined;
}

/** The whole service, running on this machine. */
export interface LocalStack extends RunningStack {
  provisioned: ProvisionedTemplate;
  clients: Clients;
  runtime: LambdaRuntime;
  mappings: EventSourceMappings;
  identity: Identity;
  engines: Engines;
  alarms: Alarms;
  /**
   * Resolves when nothing is under way anywhere (no request, invocation, record or message), to when the last
   * invocation ended, Unix milliseconds.
   */
  untilQuiet(timeoutMilliseconds: number): Promise<number>;
  stop(): Promise<void>;
}

/** Undoes what was started, last first, also when a later start fails. */
const cleanups = () => {
  const steps: (() => unknown)[] = [];
  return {
    add: (step: () => unknown) => steps.push(step),
    run: async () => {
      for (const step of steps.splice(0).toReversed()) await step();
    },
  };
};

const holdState = async (state: StateDirectory): Promise<void> => {
  await mkdir(state.root, { recursive: true });
  if (await takeLock(state.lock)) return;
  throw new UserError(
    `another local stack (process ${lockHolder(state.lock)}) uses ${state.root}: stop it, or start with another --stage`,
  );
};

/**
 * Starts everything that the compiled template declares: engines with their resources, functions, event source
 * mappings, the HTTP API with its identity. Data of an earlier start is taken up again.
 * @throws {PortTaken} {NoDynamoDbBinary} {TemplateError}, and Error when the data is in use; nothing is left running
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
  const { build, state, tell, border, mostSeconds } = options;
  const { stackName, region } = build;
  await holdState(state);
  undo.add(() => rmSync(state.lock, { force: true }));
  if (options.fresh) await forget(state);
  const ports = await claimPorts(options.ports);

  // A stack that ends in order takes its announcement back.
  const afterCrash = existsSync(state.runningStack);
  const engines = await startEngines({ directory: state.engines, region, ports, afterCrash });
  undo.add(engines.stop);
  const clients = createClients(engines.endpoints, region);
  undo.add(clients.destroy);
  const identity = await serveIdentity({
    directory: state.identity,
    clientId: LOCAL_CLIENT_ID,
    port: ports.identity,
  });
  undo.add(identity.close);

  const secrets = secretStore(state.secrets);
  const secretsManager = await serveSecretsManager(secrets);
  undo.add(secretsManager.close);

  const provisioned = await provisionTemplate(
    build.template,
    {
      ...clients,
      stackName,
      region,
      accountId: LOCAL_ACCOUNT,
      secrets,
      identity,
    },
    build.settings,
  );

  const endpointsOf = (caller: string) => (border ? endpointsAtBorder(border, caller) : engines.endpoints);
  const pollers = createClients(endpointsOf(EVENT_SOURCE_MAPPINGS), region);
  undo.add(pollers.destroy);

  const store = createMetricStore();
  const metrics = store.record;
  const logs = functionLogs(state.logs);
  undo.add(logs.close);
  const lambda = await serveLambdaApi({ runtime: () => runtime, port: ports.lambda });
  undo.add(lambda.close);
  const runtime: LambdaRuntime = createLambdaRuntime({
    functions: functionDefinitions(provisioned, build, {
      endpointsOf,
      secretsManager: secretsManager.endpoint,
      lambda: lambda.url,
      region,
      mostSeconds,
    }),
    metrics,
    log: (line) => {
      logs.write(line);
      options.onLogLine?.(line);
    },
    compileCacheDirectory: build.compileCacheDirectory,
  });
  undo.add(runtime.stop);

  const activity = { last: 0 };
  const invoke: InvokeFunction = async (functionName, event) => {
    activity.last = Date.now();
    const result = await runtime.invoke(functionName, event);
    activity.last = Date.now();
    // What it wrote is in the stream by now: no need to wait for the next look.
    mappings.wake();
    return result;
  };
  const mappings = startEventSourceMappings({
    mappings: provisioned
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(({ properties, logicalId }) => parseEventSourceMapping(properties, logicalId)),
    ...awsPorts({ ...pollers, dynamodbStreams: pollers.streams }),
    endLongPolls: engines.endLongPolls,
    checkpoints: fileCheckpoints(state.checkpoints),
    invoke,
    clock: systemClock,
    metrics,
    log: (level, message) => {
      if (level !== 'debug') tell(message);
    },
    // Overhearing the writes makes looking for them rare.
    ...(engines.databaseFile && { streamPolling: { activeMs: 30, idleMs: 1_000 } }),
    ...(options.onMappingEvent && { onEvent: options.onMappingEvent }),
  });
  undo.add(() => mappings.stop());
  if (engines.databaseFile) undo.add(wakeOnWrites(engines.databaseFile, mappings.wake));

  const accessLog = createWriteStream(join(state.logs, 'api-access.log'), { flags: 'a' });
  undo.add(() => finished(accessLog.end()));
  const api = await serveHttpApi({
    api: httpApiDefinition(provisioned, { region, accountId: LOCAL_ACCOUNT }),
    invoke,
    port: ports.http,
    metrics,
    accessLog: (line) => accessLog.write(`${line}\n`),
    keysOf: () => identity.keys,
  });
  undo.add(api.close);

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
      void appendFile(join(state.logs, 'alarms.log'), `${JSON.stringify(change)}\n`);
      const { alarmName, oldState, newState, reason } = change;
      if (newState === 'ALARM' || oldState === 'ALARM') tell(`${newState}  ${alarmName}: ${reason}`);
    },
  });
  alarms.start();
  undo.add(alarms.stop);

  const whenQuiet = (timeout: number) =>
    untilQuiet({ engines, mappings, runtime, provisioned, activity }, timeout);
  const console = await serveConsole({
    engines,
    mappings,
    runtime,
    provisioned,
    alarms,
    store,
    untilQuiet: whenQuiet,
    commandFor: consoleCommands({
      provisioned,
      runtime,
      mappings,
      alarms,
      queueMetrics,
      clients,
      messagingUrl: engines.endpoints.messaging,
      clock: alarmClock,
    }),
    port: ports.console,
  });
  undo.add(console.close);
  const running: RunningStack = {
    apiUrl: api.url,
    issuer: identity.issuer,
    lambdaUrl: lambda.url,
    consoleUrl: console.url,
    endpoints: engines.endpoints,
  };
  announce(state, running);
  undo.add(() => withdraw(state));

  return {
    ...running,
    provisioned,
    clients,
    runtime,
    mappings,
    identity,
    engines,
    alarms,
    untilQuiet: whenQuiet,
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
