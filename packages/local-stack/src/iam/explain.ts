import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import type { Refusal } from './refusal.ts';
import type { Session } from './rights.ts';

/** Resources of the template by what policies call them, in CloudFormation's words. */
export type Expressions = (arn: string) => string;

/** The longest known ARN that this one begins with says what it is: a table for its indexes, a bucket for its objects. */
export const expressionsOf = (provisioned: ProvisionedTemplate): Expressions => {
  const known: [value: string, expression: string, inside: string][] = [];
  for (const { logicalId, ref, attributes } of provisioned.resources.values()) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value.startsWith('arn:'))
        known.push([value, `!GetAtt ${logicalId}.${name}`, `\${${logicalId}.${name}}`]);
    }
    if (ref.startsWith('arn:')) known.push([ref, `!Ref ${logicalId}`, `\${${logicalId}}`]);
  }
  const longestFirst = known.toSorted(([a], [b]) => b.length - a.length);
  return (arn) => {
    const exact = known.findLast(([value]) => value === arn);
    if (exact) return exact[1];
    const [value = '', , inside = ''] = longestFirst.find(([start]) => arn.startsWith(`${start}/`)) ?? [];
    return value === '' ? JSON.stringify(arn) : `!Sub ${inside}${arn.slice(value.length)}`;
  };
};

/** A function's key in serverless.yml. */
export const functionKeyOf = (functionId: string): string => {
  const name = functionId.replace(/LambdaFunction$/, '');
  return `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
};

/** The name of the role that the framework gives to all functions without one of their own. */
const SHARED_ROLE = 'IamRoleLambdaExecution';

/** Where a service writes down what the function may do. */
const placeOf = ({ handler, functionId, role }: Session, serviceDirectory: string): string => {
  if (role.logicalId === SHARED_ROLE) return 'provider.iam.role.statements in serverless.yml';
  const file = join(dirname(handler), 'function.yml');
  return existsSync(join(serviceDirectory, file))
    ? `iamRoleStatements in ${file}`
    : `iamRoleStatements of functions.${functionKeyOf(functionId)} in serverless.yml`;
};

const objectsOf = (resource: string): string => resource.replace(/^(arn:aws:s3:::[^/]+\/).*$/, '$1*');

/** Which statement would allow what was refused, in one line. */
export const explain = (
  session: Session,
  { need, decision }: Refusal,
  { expression, serviceDirectory }: { expression: Expressions; serviceDirectory: string },
): string => {
  const who = functionKeyOf(session.functionId);
  const what = `${who} may not ${need.action} on ${expression(need.resource).replace(/^!\w+ /, '')}`;
  const unknown =
    decision.unknown.length > 0 ? ` The local stack cannot judge ${decision.unknown.join(', ')}.` : '';
  if (decision.deniedBy) return `DENIED  ${what}: ${decision.deniedBy.path} denies it.${unknown}`;
  if (decision.because === 'permissions boundary')
    return `DENIED  ${what}: the permissions boundary of ${session.role.logicalId} does not allow it.${unknown}`;
  if (decision.because === 'resource-based policy')
    return `DENIED  ${what}: its own policy does not allow it.${unknown}`;
  const statement = `{ Effect: Allow, Action: ${need.action}, Resource: ${expression(objectsOf(need.resource))} }`;
  return `DENIED  ${what}. To allow it, add to ${placeOf(session, serviceDirectory)}: ${statement}${unknown}`;
};
