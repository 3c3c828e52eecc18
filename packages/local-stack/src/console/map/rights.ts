import { matchesAction, matchesArn } from '../../iam/pattern.ts';
import type { Policy, Selection, Statement } from '../../iam/policy.ts';
import { readTemplatePolicies } from '../../iam/template-policies.ts';
import type { ConsoleParts } from '../parts.ts';

type Parts = Pick<ConsoleParts, 'provisioned' | 'build'>;

/** The statements of a function's role, by the function's logical id. */
export const statementsOfFunctions = async ({
  provisioned,
  build,
}: Parts): Promise<Map<string, Statement[]>> => {
  const { roles } = await readTemplatePolicies(provisioned, build.settings.managedPolicies);
  const byArn = new Map(roles.map(({ arn, policies }) => [arn, policies]));
  const statementsOf = (policies: readonly Policy[] | undefined) =>
    (policies ?? []).flatMap(({ statements }) => statements);
  return new Map(
    provisioned
      .ofType('AWS::Lambda::Function')
      .map(({ logicalId, properties }) => [logicalId, statementsOf(byArn.get(String(properties.Role)))]),
  );
};

const selects = ({ except, patterns }: Selection, matches: (pattern: string) => boolean): boolean =>
  patterns.some(matches) !== except;

/** The actions that a statement allows, of those asked for, whatever its conditions are. */
export const allowedActions = (
  { effect, actions, resources }: Statement,
  asked: readonly string[],
  arn: string,
): string[] =>
  effect === 'Allow' && selects(resources, (pattern) => matchesArn(pattern, arn))
    ? asked.filter((action) => selects(actions, (pattern) => matchesAction(pattern, action)))
    : [];
