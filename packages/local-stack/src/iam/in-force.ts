import type { Build } from '../build/build.ts';
import { systemClock } from '../clock.ts';
import type { EngineEndpoints, Engines } from '../engines/index.ts';
import type { EventSourceMapping } from '../event-source-mappings/index.ts';
import type { MetricSink } from '../metrics/metric.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import type { SecretStore } from '../provisioning/secret-store.ts';
import type { RefusedDelivery } from './deliveries.ts';
import { startGateways } from './gateways.ts';
import { openRights } from './index.ts';
import type { Judge } from './judge.ts';
import { admitMappings } from './mappings.ts';

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
    secrets: SecretStore;
    metrics: MetricSink;
    tell: (line: string) => void;
  }): Promise<void>;
  stop(): Promise<void>;
}

/** With `--no-rights`. */
export const everythingAllowed = ({ endpoints }: Engines): RightsInForce => ({
  endpoints,
  judge: () => undefined,
  apply: async () => {},
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
  return {
    endpoints: gateways.endpoints,
    judge: () => judge,
    apply: async ({ build, provisioned, mappings, secrets, metrics, tell }) => {
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
      await engines.refuseDeliveries(refusedDeliveries);
      for (const refused of refusedDeliveries) tell(refusalLine(refused));
      judge = enforcement.judge;
      await gateways.enforce(rights, listener);
    },
    stop: gateways.stop,
  };
};

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const refusalLine = ({
  queueArn,
  deadLetterQueueArn,
  isDeadLetterQueueClosed,
  reason,
}: RefusedDelivery): string => {
  const outcome =
    deadLetterQueueArn && !isDeadLetterQueueClosed ? `go to ${nameOf(deadLetterQueueArn)}` : 'are lost';
  return `DENIED  sqs:SendMessage on ${nameOf(queueArn)}: ${reason}. Messages of its subscription ${outcome}`;
};
