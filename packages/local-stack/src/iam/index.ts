import type { Clock } from '../clock.ts';
import type { MetricSink } from '../metrics/metric.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import type { SecretStore } from '../provisioning/secret-store.ts';
import { LOCAL_ACCOUNT } from '../stack-constants.ts';
import { type RefusedDelivery, refusedDeliveries } from './deliveries.ts';
import { explain, expressionsOf } from './explain.ts';
import { createJudge, type Judge, type RightsListener } from './judge.ts';
import { type Rights, readRights } from './rights.ts';
import { recordUsage } from './usage.ts';

export { enforced, refusedBy } from './gateway.ts';
export type { Judge } from './judge.ts';
export { accessKeyOf } from './rights.ts';

/** A refusal that continues is reported again after this time. */
const TELL_AGAIN_MS = 60_000;

/** The rights of a stack in force. */
export interface Enforcement {
  rights: Rights;
  judge: Judge;
  /** Tells of refusals in one line and by a metric, and notes what is granted and used. */
  listener: RightsListener;
  refusedDeliveries: readonly RefusedDelivery[];
}

/**
 * Reads the rights of a template and who decides by them.
 * @param options.record a directory in which to note what is granted, used and denied
 * @throws {UserError} when IAM would refuse a policy, or Lambda a role
 */
export const openRights = async (options: {
  provisioned: ProvisionedTemplate;
  region: string;
  secrets: SecretStore;
  managedPolicies: Readonly<Record<string, unknown>>;
  serviceDirectory: string;
  clock: Pick<Clock, 'now'>;
  metrics: MetricSink;
  tell: (line: string) => void;
  record?: string | undefined;
}): Promise<Enforcement> => {
  const { provisioned, clock, metrics, tell, serviceDirectory } = options;
  const rights = await readRights({ ...options, accountId: LOCAL_ACCOUNT });
  const expression = expressionsOf(provisioned);
  const usage =
    options.record === undefined ? undefined : recordUsage(options.record, rights.sessions, expression);
  const told = new Map<string, number>();
  const listener: RightsListener = {
    granted: (session, grant) => usage?.granted(session, grant),
    refused: (session, refusal) => {
      usage?.refused(session, refusal);
      metrics({
        namespace: 'LocalStack/Rights',
        name: 'AccessDenied',
        dimensions: { FunctionName: session.functionName },
        value: 1,
        unit: 'Count',
        timestamp: clock.now(),
      });
      const line = explain(session, refusal, { expression, serviceDirectory });
      if (clock.now() - (told.get(line) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) return;
      told.set(line, clock.now());
      tell(line);
    },
  };
  for (const functionId of rights.unknownRoles)
    tell(`${functionId} has a role that the template does not declare: no rights are enforced for it`);
  const judge = createJudge(rights, clock, listener);
  return { rights, judge, listener, refusedDeliveries: refusedDeliveries(provisioned, rights, judge) };
};
