import type { AsynchronousConfiguration } from '../asynchronous-invocation/index.ts';
import type { Build } from '../build/build.ts';
import { systemClock } from '../clock.ts';
import type { EngineEndpoints, Engines } from '../engines/index.ts';
import type { Schedule } from '../event-bridge/index.ts';
import type { EventSourceMapping } from '../event-source-mappings/index.ts';
import type { ResourceFault } from '../faults/resource-fault.ts';
import type { MetricSink } from '../metrics/metric.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import type { SecretStore } from '../provisioning/secret-store.ts';
import type { MadeCall } from '../trace/call.ts';
import type { ResourceActivity } from '../trace/record-calls.ts';
import type { RefusedDelivery } from './deliveries.ts';
import { startGateways } from './gateways.ts';
import { type Enforcement, openRights } from './index.ts';
import { createJudge, type Judge } from './judge.ts';
import { admitDestinations, admitMappings } from './mappings.ts';
import type { Rights, Session } from './rights.ts';
import { admitSchedules } from './targets.ts';

/** The rights of a running stack, which may be given others with each build. */
export interface RightsInForce {
  /** Where everybody but the stack itself reaches the engines. */
  endpoints: EngineEndpoints;
  /** Undefined where everything is allowed, and before the first build. */
  judge(): Judge | undefined;
  /** @throws {UserError} when IAM would refuse a policy, or Lambda a role or an event source mapping */
  apply(given: {
    build: Build;
    provisioned: ProvisionedTemplate;
    mappings: readonly EventSourceMapping[];
    asynchronousEvents: readonly AsynchronousConfiguration[];
    schedules: readonly Schedule[];
    secrets: SecretStore;
    metrics: MetricSink;
    tell: (line: string) => void;
  }): Promise<void>;
  /** From now on calls of functions meet these faults, and no others. @throws with `--no-rights` */
  break(faults: readonly ResourceFault[]): void;
  /** Takes these statements of roles away, and gives back all others. @throws with `--no-rights` */
  withhold(statements: readonly WithheldStatement[]): Promise<void>;
  /** What each function's role allows. */
  sessions(): readonly Session[];
  /** The latest calls of functions, so many at most, oldest first; none with `--no-rights`. */
  calls(latest: number): Promise<readonly MadeCall[]>;
  /** What functions do with each resource; none with `--no-rights`. */
  activity(): Promise<readonly ResourceActivity[]>;
  stop(): Promise<void>;
}

/** A statement of a function's role, by its place in the template. */
export interface WithheldStatement {
  readonly functionName: string;
  readonly path: string;
}

const noGateway = () => {
  throw new Error('rights are not enforced, so calls are not recorded: start without --no-rights');
};

/** With `--no-rights`. */
export const everythingAllowed = ({ endpoints }: Engines): RightsInForce => ({
  endpoints,
  judge: () => undefined,
  apply: async () => {},
  break: (faults) => {
    if (faults.length > 0) noGateway();
  },
  withhold: async (statements) => {
    if (statements.length > 0) noGateway();
  },
  sessions: () => [],
  calls: async () => [],
  activity: async () => [],
  stop: async () => {},
});

/**
 * Puts the gateways in front of the engines.
 * @param ports of the gateways; 0 takes a free one
 */
export const enforceRights = async (
  engines: Engines,
  ports: { dynamoDb: number; messaging: number },
): Promise<RightsInForce> => {
  const gateways = await startGateways(engines.endpoints, ports);
  let judge: Judge | undefined;
  let inForce: Pick<Enforcement, 'rights' | 'listener' | 'judge'> | undefined;
  return {
    endpoints: gateways.endpoints,
    judge: () => judge,
    apply: async ({
      build,
      provisioned,
      mappings,
      asynchronousEvents,
      schedules,
      secrets,
      metrics,
      tell,
    }) => {
      const enforcement = await openRights({
        provisioned,
        region: build.region,
        secrets,
        managedPolicies: build.settings.managedPolicies,
        serviceDirectory: build.serviceDirectory,
        clock: systemClock,
        metrics,
        tell,
        record: process.env.LOCAL_STACK_RIGHTS_RECORD,
      });
      const { rights, listener, refusedDeliveries } = enforcement;
      admitMappings(mappings, rights, enforcement.judge);
      admitDestinations(asynchronousEvents, rights, enforcement.judge);
      admitSchedules(schedules, rights);
      await engines.refuseDeliveries(refusedDeliveries);
      for (const refused of refusedDeliveries) tell(refusalLine(refused));
      judge = enforcement.judge;
      inForce = enforcement;
      await gateways.enforce(rights, listener);
    },
    break: gateways.break,
    withhold: async (statements) => {
      if (!inForce) return;
      const { rights, listener } = inForce;
      const left = statements.length === 0 ? rights : without(rights, statements);
      judge = statements.length === 0 ? inForce.judge : createJudge(left, systemClock, listener);
      await gateways.enforce(left, listener);
    },
    sessions: () => inForce?.rights.sessions ?? [],
    calls: gateways.calls,
    activity: gateways.activity,
    stop: gateways.stop,
  };
};

/** The rights of a stack without some statements of its roles. */
const without = (rights: Rights, withheld: readonly WithheldStatement[]): Rights => ({
  ...rights,
  sessions: rights.sessions.map((session) => {
    const paths = withheld
      .filter(({ functionName }) => functionName === session.functionName)
      .map(({ path }) => path);
    const policies = session.role.policies.map((policy) => ({
      ...policy,
      statements: policy.statements.filter(({ path }) => !paths.includes(path)),
    }));
    return { ...session, role: { ...session.role, policies } };
  }),
});

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const refusalLine = ({
  action,
  endpoint,
  deadLetterQueueArn,
  isDeadLetterQueueClosed,
  reason,
}: RefusedDelivery): string => {
  const outcome =
    deadLetterQueueArn && !isDeadLetterQueueClosed ? `go to ${nameOf(deadLetterQueueArn)}` : 'are lost';
  return `DENIED  ${action} on ${nameOf(endpoint)}: ${reason}. Messages of its subscription ${outcome}`;
};
