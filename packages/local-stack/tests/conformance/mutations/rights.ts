import { inFile, type Mutations } from './mutation.ts';

const policy = inFile('iam/policy.ts');
const pattern = inFile('iam/pattern.ts');
const conditions = inFile('iam/conditions.ts');
const evaluate = inFile('iam/evaluate.ts');
const judge = inFile('iam/judge.ts');
const refusal = inFile('iam/refusal.ts');
const gateway = inFile('iam/gateway.ts');
const deliveries = inFile('iam/deliveries.ts');
const mappings = inFile('iam/mappings.ts');
const templatePolicies = inFile('iam/template-policies.ts');
const dynamoDb = inFile('iam/operations/dynamodb.ts');
const messaging = inFile('iam/operations/messaging.ts');
const topicDelivery = inFile('engines/topic-delivery.ts');

export const rightsMutations: Mutations = {
  'a malformed policy is refused when it is made': policy(
    'const problemsOf = (issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): string[] =>\n  issues',
    'const problemsOf = (issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): string[] =>\n  issues.slice(1)',
  ),
  'wildcards stand for any characters or for one': pattern(
    'return tokens.slice(token).every((rest) => rest === ANY);',
    'return token === tokens.length;',
  ),
  'no wildcard of an ARN reaches into the next part': pattern(
    "if (token === ':' && parts.length < PARTS_OF_ARN) parts.push([]);",
    "if (token === ':' && parts.length > PARTS_OF_ARN) parts.push([]);",
  ),
  'the names of actions have no case, resources have': pattern(
    'matchesText(pattern.toLowerCase(), action.toLowerCase())',
    'matchesText(pattern, action)',
  ),
  'the value of a policy variable is text, whatever wildcards are in it': pattern(
    'tokens.push(...value);',
    'tokens.push(...[...value].map((one) => WILDCARDS[one] ?? one));',
  ),
  'a variable without a value matches nothing, unless it has a default': pattern(
    'values?.length === 1 ? values[0] : fallback',
    "values?.length === 1 ? values[0] : (fallback ?? '')",
  ),
  'a key that the request lacks fails a comparison and passes its denial': conditions(
    "return { holds: quantifier === 'ForAnyValue' ? false : negated };",
    'return { holds: false };',
  ),
  'Null asks whether the request lacks a key': conditions(
    "(value === 'true') === (given === undefined)",
    "(value === 'true') !== (given === undefined)",
  ),
  'ForAllValues holds without values, ForAnyValue does not': conditions(
    "if (quantifier === 'ForAllValues') return { holds: given.every(fits) };",
    "if (quantifier === 'ForAllValues') return { holds: given.some(fits) };",
  ),
  'a condition on a key or with an operator that is not known here denies, and is named': evaluate(
    "if (unknown.length > 0 && effect === 'Allow') continue;",
    'if (unknown.length > 0) continue;',
  ),
  'nothing is allowed by default': evaluate(
    "if (request.principal.kind === 'service' || (resourceDecides && byResource.matches.length === 0))",
    "if (request.principal.kind === 'service' || byResource.matches.length === 0)",
  ),
  'an explicit deny wins over every allow': evaluate(
    'if (denied) return { allowed: false, because, deniedBy: denied.statement, unknown };',
    'if (denied && unknown.length > 0) return { allowed: false, because, deniedBy: denied.statement, unknown };',
  ),
  'NotAction and NotResource match all but what they name': evaluate(
    'if (!except) return found;',
    'if (found || !except) return found;',
  ),
  'in one account the policy of the role or of the resource suffices': evaluate(
    'if (grantedThere) return { allowed: true, grant: grantedThere };',
    "if (grantedThere && request.principal.kind === 'service') return { allowed: true, grant: grantedThere };",
  ),
  'a resource policy that names the account leaves the decision to IAM': evaluate(
    'byResource.matches.find(({ byAccount }) => !byAccount)',
    'byResource.matches.find(({ byAccount }) => byAccount || !byAccount)',
  ),
  'a permissions boundary bounds what the policies of a role allow': evaluate(
    'if (within.matches.length === 0)',
    'if (within.matches.length < 0)',
  ),
  "a key's policy must allow, or hand the decision to the account": evaluate(
    '(resourceDecides && byResource.matches.length === 0)',
    '(resourceDecides && byResource.matches.length < 0)',
  ),
  'kms:ViaService tells through which service a key is used': judge(
    "'kms:ViaService': `${service}.${region}.amazonaws.com`",
    "'kms:ViaService': `${region}.amazonaws.com`",
  ),
  'a refusal names principal, action, resource and the kind of policy': refusal(
    'because no ${decision.because} allows',
    'because no policy allows',
  ),
  'an index, a stream and an object are resources of their own': dynamoDb(
    'tableArn(account, request.TableName, isRead ? request.IndexName : undefined)',
    'tableArn(account, request.TableName)',
  ),
  'batches need actions of their own, on each table': dynamoDb(
    "action: 'dynamodb:BatchWriteItem'",
    "action: 'dynamodb:PutItem'",
  ),
  'a transaction needs the action of each item': dynamoDb(
    "ConditionCheck: 'ConditionCheckItem'",
    "ConditionCheck: 'GetItem'",
  ),
  'PartiQL has actions of its own': dynamoDb('`dynamodb:PartiQL${kind}`', '`dynamodb:${kind}Item`'),
  'statements of a batch are refused one by one': gateway(
    'const kept = request.Statements.filter((_, part) => !refused.has(part));',
    'const kept = request.Statements.filter((_, part) => refused.size === 0 || part < 0);',
  ),
  'dynamodb:LeadingKeys decides by the keys of items': dynamoDb(
    'queried === undefined ? leadingKeys(account, TableName, [Key ?? item]) : [queried]',
    'queried === undefined ? undefined : [queried]',
  ),
  'batches of messages need the right of the single operation': messaging(
    "name.replace(/Batch$/, '')",
    'name',
  ),
  'a missing object is told of only to who may list the bucket': judge(
    "const need = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };",
    "const need = { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/any` };",
  ),
  'a topic delivers only where the policy of the queue lets it': topicDelivery(
    'const refused = refusedSubscriptions.get(arn);',
    "const refused = refusedSubscriptions.get('');",
  ),
  'what a queue does not let in goes to the dead-letter queue of the subscription': deliveries(
    'deadLetterQueueArn !== undefined && whyNotToQueue(TopicArn, deadLetterQueueArn) !== undefined',
    'deadLetterQueueArn !== undefined',
  ),
  'a mapping is refused whose role cannot read the stream': mappings(
    'if (missing.length > 0) found.push(lacksStream(source, missing));',
    'if (missing.length > 9) found.push(lacksStream(source, missing));',
  ),
  'a mapping is refused whose role cannot receive from the queue or delete': mappings(
    "['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']",
    "['GetQueueAttributes']",
  ),
  'a mapping is refused whose role cannot write to its on-failure destination': mappings(
    'if (onFailure)\n',
    'if (onFailure && missing.length > 0)\n',
  ),
  'a role must let Lambda assume it': templatePolicies(
    '  if (!decision.allowed)\n    throw',
    '  if (!decision.allowed && functions.length > 9)\n    throw',
  ),
};
