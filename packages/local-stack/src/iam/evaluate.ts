import { judgeCondition } from './conditions.ts';
import type { Context } from './context.ts';
import { matchesAction, matchesArn } from './pattern.ts';
import type { Policy, PrincipalSelection, Selection, Statement } from './policy.ts';

/** Who asks: a function's role in a session of its own, or an AWS service in the account's name. */
export type Principal =
  | {
      readonly kind: 'role';
      readonly accountId: string;
      readonly roleArn: string;
      readonly sessionArn: string;
    }
  | { readonly kind: 'service'; readonly name: string };

export interface AccessRequest {
  readonly principal: Principal;
  /** For example `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly context: Context;
}

/** The policies that apply to a request. */
export interface ApplicablePolicies {
  /** Of the role; none for a service. */
  readonly identity: readonly Policy[];
  /** What the role may do at most; undefined without a boundary. */
  readonly boundary?: readonly Policy[] | undefined;
  /** Of the resource. */
  readonly resource: readonly Policy[];
  /** A key's policy decides alone, unless it hands the decision to the account. */
  readonly resourceDecides?: boolean;
}

/** The part of a statement that allowed a request. */
export interface Grant {
  readonly statement: Statement;
  readonly action: string;
  readonly resource: string;
}

export type PolicyKind = 'identity-based policy' | 'resource-based policy' | 'permissions boundary';

export type Decision =
  | { readonly allowed: true; readonly grant: Grant }
  | {
      readonly allowed: false;
      /** The policy that denies, or that does not allow. */
      readonly because: PolicyKind;
      /** The statement that denies; absent when there was only none that allows. */
      readonly deniedBy?: Statement;
      /** Condition keys and operators that could not be judged. */
      readonly unknown: readonly string[];
    };

const firstMatch = (
  { except, patterns }: Selection,
  matches: (pattern: string) => boolean,
): string | undefined => {
  const found = patterns.find(matches);
  if (!except) return found;
  return found === undefined ? `all but ${patterns.join(', ')}` : undefined;
};

/**
 * How a resource policy names a principal: itself, or only the account, which leaves the decision to the policies of
 * the role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
const naming = (
  { except, byKind }: PrincipalSelection,
  principal: Principal,
): 'itself' | 'its account' | undefined => {
  const named = namingOf(byKind, principal);
  if (!except) return named;
  return named === undefined ? 'itself' : undefined;
};

const namingOf = (byKind: PrincipalSelection['byKind'], principal: Principal) => {
  if (byKind['*']) return 'itself';
  if (principal.kind === 'service') return byKind.Service?.includes(principal.name) ? 'itself' : undefined;
  const { AWS: names = [] } = byKind;
  const { accountId, roleArn, sessionArn } = principal;
  if (names.some((name) => name === '*' || name === roleArn || name === sessionArn)) return 'itself';
  const accounts = [accountId, `arn:aws:iam::${accountId}:root`];
  return names.some((name) => accounts.includes(name)) ? 'its account' : undefined;
};

interface Found {
  matches: (Grant & { byAccount: boolean })[];
  unknown: string[];
}

/** The statements of one effect that apply. One that cannot be judged applies when it denies, and not when it allows. */
const find = (policies: readonly Policy[], effect: Statement['effect'], request: AccessRequest): Found => {
  const found: Found = { matches: [], unknown: [] };
  for (const { statements, variables } of policies) {
    for (const statement of statements) {
      if (statement.effect !== effect) continue;
      const named = statement.principals ? naming(statement.principals, request.principal) : 'itself';
      if (!named) continue;
      const action = firstMatch(statement.actions, (pattern) => matchesAction(pattern, request.action));
      if (action === undefined) continue;
      const context = variables ? request.context : undefined;
      const resource = firstMatch(statement.resources, (pattern) =>
        matchesArn(pattern, request.resource, context),
      );
      if (resource === undefined) continue;
      const outcomes = statement.conditions.map((condition) =>
        judgeCondition(condition, request.context, context),
      );
      if (outcomes.some((outcome) => 'holds' in outcome && !outcome.holds)) continue;
      const unknown = outcomes.flatMap((outcome) => ('unknown' in outcome ? [outcome.unknown] : []));
      found.unknown.push(...unknown);
      if (unknown.length > 0 && effect === 'Allow') continue;
      found.matches.push({ statement, action, resource, byAccount: named === 'its account' });
    }
  }
  return found;
};

/**
 * Decides a request within one account: a Deny anywhere wins; then the resource's policy or the role's must allow, the
 * role's within its boundary.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export const decide = (request: AccessRequest, policies: ApplicablePolicies): Decision => {
  const { identity, boundary, resource, resourceDecides = false } = policies;
  const kinds: readonly [PolicyKind, readonly Policy[]][] = [
    ['identity-based policy', identity],
    ['resource-based policy', resource],
    ['permissions boundary', boundary ?? []],
  ];
  for (const [because, ofKind] of kinds) {
    const { matches, unknown } = find(ofKind, 'Deny', request);
    const [denied] = matches;
    if (denied) return { allowed: false, because, deniedBy: denied.statement, unknown };
  }

  const byResource = find(resource, 'Allow', request);
  const grantedThere = byResource.matches.find(({ byAccount }) => !byAccount);
  if (grantedThere) return { allowed: true, grant: grantedThere };
  if (request.principal.kind === 'service' || (resourceDecides && byResource.matches.length === 0))
    return { allowed: false, because: 'resource-based policy', unknown: byResource.unknown };

  const byRole = find(identity, 'Allow', request);
  const [granted] = byRole.matches;
  if (!granted)
    return {
      allowed: false,
      because: 'identity-based policy',
      unknown: [...byRole.unknown, ...byResource.unknown],
    };
  if (boundary) {
    const within = find(boundary, 'Allow', request);
    if (within.matches.length === 0)
      return { allowed: false, because: 'permissions boundary', unknown: within.unknown };
  }
  return { allowed: true, grant: granted };
};
