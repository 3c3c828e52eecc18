import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import type { Build } from './build/build.ts';
import { type Clients, createClients } from './clients.ts';
import { systemClock } from './clock.ts';
import { accountOf } from './effects/account.ts';
import { type Effect, effectsOf } from './effects/effect.ts';
import { startProxy } from './engine-proxy/proxy.ts';
import { Delivery, type EngineEndpoints, type Engines, startEngines } from './engines/index.ts';
import { createEventBuses, type EventBuses, serveEventBridge } from './event-bridge/index.ts';
import { declaredEventBridge } from './from-template/event-bridge.ts';
import { functionDefinitions } from './from-template/functions.ts';
import { type Enforcement, enforced, openRights } from './iam/index.ts';
import { createLambdaRuntime, type InvocationResult } from './lambda-runtime/index.ts';
import { readLocalValues } from './parameters/local-values.ts';
import { type ProvisionedTemplate, provisionTemplate } from './provisioning/index.ts';
import { secretStore } from './provisioning/secret-store.ts';
import type { RunningStack } from './running-stack.ts';
import { serveSecretsManager } from './secrets-manager.ts';
import { LOCAL_ACCOUNT, LOCAL_CLIENT_ID } from './stack-constants.ts';

/** What one invocation came to and what it did. */
export interface InvokedOnce {
  result: InvocationResult;
  effects: readonly Effect[];
  /** For people, a line per effect. */
  account: string[];
  /** What the function wrote to its log. */
  logLines: string[];
}

type Surroundings = Pick<Engines, 'endpoints' | 'deliveries' | 'refuseDeliveries' | 'stop'> & {
  issuer: string;
};

/** The engines of the running stack, which go on when we are done. */
const ofRunningStack = ({ endpoints, consoleUrl, issuer }: RunningStack): Surroundings => ({
  endpoints,
  issuer,
  deliveries: async (since) => {
    const answer = await fetch(`${consoleUrl}/deliveries?since=${since}`);
    return z.array(Delivery).parse(await answer.json());
  },
  refuseDeliveries: async () => {},
  stop: async () => {},
});

const ISSUER = 'http://127.0.0.1:3001';

const ofOwnEngines = async (region: string): Promise<Surroundings> => {
  const engines = await startEngines({
    region,
    ports: { dynamoDb: 0, messaging: 0 },
    // No other function reacts.
    acceptEvent: async () => randomUUID(),
  });
  return { ...engines, issuer: ISSUER };
};

const surroundingsOf = async ({
  running,
  engines,
  build: { region },
}: InvokeOptions): Promise<Surroundings> => {
  if (running) return ofRunningStack(running);
  if (engines) return { ...engines, issuer: ISSUER, stop: async () => {} };
  return ofOwnEngines(region);
};

const Seed = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));

/** Puts the items that the sample events speak of into the tables, by the tables' logical ids. */
const seed = async (file: string, provisioned: ProvisionedTemplate, { dynamoDb }: Clients): Promise<void> => {
  if (!existsSync(file)) return;
  for (const [logicalId, items] of Object.entries(Seed.parse(JSON.parse(readFileSync(file, 'utf8'))))) {
    const table = provisioned.resources.get(logicalId);
    if (!table) throw new Error(`${file} names ${logicalId}, which the template does not declare`);
    for (const item of items) {
      await dynamoDb.send(new PutItemCommand({ TableName: table.ref, Item: marshall(item) }));
    }
  }
};

/** Of a build, what an invocation needs. */
export type InvocableBuild = Pick<
  Build,
  | 'serviceDirectory'
  | 'template'
  | 'settings'
  | 'stackName'
  | 'region'
  | 'codeDirectoryOf'
  | 'compileCacheDirectory'
>;

export interface InvokeOptions {
  build: InvocableBuild;
  functionName: string;
  event: unknown;
  seedFile: string;
  running?: RunningStack;
  /** Engines to use when no stack runs, which go on afterwards; when absent, some are started for the call. */
  engines?: Engines;
  /** The secrets of the running stack. */
  secretsFile: string;
  /** Whether the function may do only what its role allows; it may by default. */
  rights?: boolean;
}

/**
 * Runs a function once and watches what it does to the services around it. With a running stack it acts on
 * that; otherwise on engines in memory that hold the seed and are gone afterwards, with no other function
 * reacting, so that what the invocation caused can still be seen.
 */
export const invokeOnce = async (options: InvokeOptions): Promise<InvokedOnce> => {
  const { build, running } = options;
  const { stackName, region } = build;
  const surroundings = await surroundingsOf(options);
  const clients = createClients(surroundings.endpoints, region);
  const effects: Effect[] = [];
  let enforcement: Enforcement | undefined;
  const watched = (target: string) =>
    startProxy(
      enforced(
        () => enforcement?.judge,
        async (call, forward) => {
          const answer = await forward(call, target);
          effects.push(
            ...effectsOf({ ...call, statusCode: answer.statusCode, responseBody: answer.responseBody }),
          );
          return answer;
        },
      ),
    );
  const secrets = secretStore(running && options.secretsFile);
  const secretsManager = await serveSecretsManager(secrets, () => enforcement?.judge);
  let buses: EventBuses | undefined;
  const eventBridge = await serveEventBridge({
    buses: () => ({
      put: async (entries) => {
        for (const { EventBusName: bus, Source: source = '', DetailType: detailType = '' } of entries)
          effects.push({ kind: 'event', bus, source, detailType });
        return buses?.put(entries) ?? [];
      },
    }),
    judge: () => enforcement?.judge,
  });
  const proxies = {
    dynamoDb: await watched(surroundings.endpoints.dynamoDb),
    messaging: await watched(surroundings.endpoints.messaging),
  };
  const endpoints: EngineEndpoints = {
    dynamoDb: proxies.dynamoDb.endpoint,
    messaging: proxies.messaging.endpoint,
  };
  try {
    const provisioned = await provisionTemplate(
      build.template,
      {
        ...clients,
        stackName,
        region,
        accountId: LOCAL_ACCOUNT,
        secrets,
        values: readLocalValues(build.serviceDirectory),
        queueEndpoint: endpoints.messaging,
        identity: { issuer: surroundings.issuer, clientId: LOCAL_CLIENT_ID },
      },
      build.settings,
    );
    if (options.rights ?? true) {
      enforcement = await openRights({
        provisioned,
        region,
        secrets,
        managedPolicies: build.settings.managedPolicies,
        serviceDirectory: build.serviceDirectory,
        record: process.env.LOCAL_STACK_RIGHTS_RECORD,
        clock: systemClock,
        metrics: () => {},
        tell: (line) => effects.push({ kind: 'denied', line }),
      });
    }
    const kept = enforcement?.refusedDeliveries ?? [];
    if (!running) {
      await surroundings.refuseDeliveries(kept);
      await seed(options.seedFile, provisioned, clients);
    }

    // Nobody reacts: who would is told.
    buses = createEventBuses({
      ...declaredEventBridge(provisioned),
      ...{ region, accountId: LOCAL_ACCOUNT, clock: systemClock, metrics: () => {} },
      delivery: {
        deliver: async ({ logicalId: rule }, { arn: target }) => {
          effects.push({ kind: 'matched', rule, target });
        },
      },
      log: (_level, line) => effects.push({ kind: 'denied', line }),
    });
    const logLines: string[] = [];
    const runtime = createLambdaRuntime({
      functions: functionDefinitions(provisioned, build, {
        endpointsOf: () => endpoints,
        secretsManager: secretsManager.endpoint,
        // What runs already reacts to events, too.
        eventBridge: running?.eventBridgeUrl ?? eventBridge.endpoint,
        region,
      }),
      metrics: () => {},
      log: ({ line }) => logLines.push(line),
      compileCacheDirectory: build.compileCacheDirectory,
    });
    const keptOut = new Set(kept.map(({ subscriptionArn }) => subscriptionArn));
    const since = Date.now();
    try {
      const result = await runtime.invoke(options.functionName, options.event);
      const deliveries = await surroundings.deliveries(since);
      return { result, effects, account: accountOf(effects, deliveries, provisioned, keptOut), logLines };
    } finally {
      await runtime.stop();
    }
  } finally {
    clients.destroy();
    await secretsManager.close();
    await eventBridge.close();
    await Promise.all([proxies.dynamoDb.stop(), proxies.messaging.stop()]);
    await surroundings.stop();
  }
};
