import type { RefusalOf, Rule, Schedule } from '../event-bridge/index.ts';
import { UserError } from '../user-error.ts';
import { contextOf } from './context.ts';
import { decide } from './evaluate.ts';
import type { Judge } from './judge.ts';
import type { Rights } from './rights.ts';

const SERVICES = { rule: 'events.amazonaws.com', schedule: 'scheduler.amazonaws.com' } as const;

/**
 * Why a target of a rule or schedule gets nothing: a rule needs to be let in by the policy of its target, a schedule acts
 * under its role.
 * @param judgeInForce asked at each delivery; undefined where everything is allowed
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
 */
export const refusalOfTargets =
  (judgeInForce: () => Judge | undefined): RefusalOf =>
  (sender, action, { arn, roleArn }) => {
    const judge = judgeInForce();
    if (!judge) return undefined;
    const [, , , region, accountId] = sender.arn.split(':');
    const service = SERVICES[sender.kind];
    const context = {
      ...{ 'aws:SourceArn': sender.arn, 'aws:SourceAccount': accountId, 'aws:RequestedRegion': region },
      ...{ 'aws:PrincipalServiceName': service, 'aws:SecureTransport': 'true' },
      'aws:PrincipalIsAWSService': String(roleArn === undefined),
    };
    const asked = { action, resource: arn };
    const judged =
      roleArn === undefined
        ? judge.decideForService(service, context, asked)
        : judge.decideForRole(roleArn, context, asked);
    if (!judged || judged.decision.allowed) return undefined;
    const { need, decision } = judged;
    const unknown = decision.unknown.length > 0 ? ` (cannot judge ${decision.unknown.join(', ')})` : '';
    if (roleArn !== undefined) return `its role does not allow ${need.action} on ${need.resource}${unknown}`;
    const whose = need.action.startsWith('kms:')
      ? 'key'
      : action === 'sqs:SendMessage'
        ? 'queue'
        : 'function';
    return `the ${whose}'s policy does not allow ${need.action} to ${service} for this rule${unknown}`;
  };

/**
 * Refuses schedules whose role Scheduler may not assume, as Scheduler refuses to make them.
 * @throws {UserError} naming every one
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
 */
export const admitSchedules = (schedules: readonly Schedule[], { roles, accountId }: Rights): void => {
  const problems = schedules.flatMap(({ logicalId, arn, targets: [{ roleArn }] }): string[] => {
    const role = roles.find((one) => one.arn === roleArn);
    if (!role) return [];
    const decision = decide(
      {
        principal: { kind: 'service', name: SERVICES.schedule },
        ...{ action: 'sts:AssumeRole', resource: role.arn },
        context: contextOf({ 'aws:SourceArn': arn, 'aws:SourceAccount': accountId }),
      },
      { identity: [], resource: [role.trust] },
    );
    return decision.allowed ? [] : [`  ${logicalId}: ${role.logicalId}`];
  });
  if (problems.length > 0)
    throw new UserError(
      [
        'The execution role that you provide must allow AWS EventBridge Scheduler to assume the role. These do not:',
        ...problems,
      ].join('\n'),
    );
};

/** What is refused from the start, in a line for people each. */
export const refusedTargetLines = (senders: readonly (Rule | Schedule)[], refusalOf: RefusalOf): string[] =>
  senders.flatMap((sender) =>
    sender.targets.flatMap((target) => {
      const action = target.kind === 'lambda' ? 'lambda:InvokeFunction' : 'sqs:SendMessage';
      const reason = refusalOf(sender, action, target);
      return reason === undefined
        ? []
        : [
            `DENIED  ${action} on ${target.arn.slice(target.arn.lastIndexOf(':') + 1)} by ${sender.logicalId}: ${reason}`,
          ];
    }),
  );
