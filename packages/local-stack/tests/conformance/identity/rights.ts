import { type Behaviour, inArea } from '../behaviour.ts';

const row = inArea('Identity and access: rights');
const iam = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/';
const pages = {
  grammar: `${iam}reference_policies_grammar.html`,
  resource: `${iam}reference_policies_elements_resource.html`,
  action: `${iam}reference_policies_elements_action.html`,
  variables: `${iam}reference_policies_variables.html`,
  operators: `${iam}reference_policies_elements_condition_operators.html`,
  multivalued: `${iam}reference_policies_condition-single-vs-multi-valued-context-keys.html`,
  evaluation: `${iam}reference_policies_evaluation-logic_policy-eval-basics.html`,
  denyAllow: `${iam}reference_policies_evaluation-logic_policy-eval-denyallow.html`,
  notAction: `${iam}reference_policies_elements_notaction.html`,
  principal: `${iam}reference_policies_elements_principal.html`,
  boundaries: `${iam}access_policies_boundaries.html`,
  denied: `${iam}troubleshoot_access-denied.html`,
  keyPolicies: 'https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html',
  viaService: 'https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html',
  transactions: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html',
  partiql: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html',
  batchError: 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html',
  fineGrained: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html',
  dynamodb: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html',
  sqs: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html',
  s3: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html',
  subscribe: 'https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html',
  snsDeadLetters: 'https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html',
  streamMapping: 'https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html',
  queueMapping: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
  destinations: 'https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html',
  executionRole: 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html',
};

const inFile = (file: string) => (name: string) => ({ file: `iam/${file}.test.ts`, name });
const pattern = inFile('pattern');
const policy = inFile('policy');
const conditions = inFile('conditions');
const evaluate = inFile('evaluate');
const enforcement = inFile('enforcement');

export const rights: readonly Behaviour[] = [
  row('a malformed policy is refused when it is made', pages.grammar, policy('is refused with its path')),
  row(
    'wildcards stand for any characters or for one',
    pages.resource,
    pattern('a pattern matches what its definition says'),
  ),
  row(
    'no wildcard of an ARN reaches into the next part',
    pages.resource,
    pattern('an ARN matches part by part'),
  ),
  row(
    'the names of actions have no case, resources have',
    pages.action,
    pattern('actions have no case, ARNs have'),
  ),
  row(
    'the value of a policy variable is text, whatever wildcards are in it',
    pages.variables,
    pattern('stand for their values, whose wildcards are ordinary characters'),
  ),
  row(
    'a variable without a value matches nothing, unless it has a default',
    pages.variables,
    pattern('match nothing when the request has none or several values'),
  ),
  row(
    'a key that the request lacks fails a comparison and passes its denial',
    pages.operators,
    conditions('a key that the request lacks'),
  ),
  row(
    'Null asks whether the request lacks a key',
    pages.operators,
    conditions('Null asks whether the request lacks the key'),
  ),
  row(
    'ForAllValues holds without values, ForAnyValue does not',
    pages.multivalued,
    conditions('ForAllValues and ForAnyValue are all and any'),
  ),
  row.decided('AWS knows every key')(
    'a condition on a key or with an operator that is not known here denies, and is named',
    pages.operators,
    evaluate('a statement with a condition that cannot be judged does not allow, and denies'),
  ),
  row('nothing is allowed by default', pages.denyAllow, evaluate('nothing is allowed that no policy allows')),
  row('an explicit deny wins over every allow', pages.denyAllow, evaluate('a Deny wins over an Allow')),
  row(
    'NotAction and NotResource match all but what they name',
    pages.notAction,
    evaluate('NotAction and NotResource name'),
  ),
  row(
    'in one account the policy of the role or of the resource suffices',
    pages.evaluation,
    evaluate('within an account the policy of the role'),
  ),
  row(
    'a resource policy that names the account leaves the decision to IAM',
    pages.principal,
    evaluate('a resource policy that names the account'),
  ),
  row(
    'a permissions boundary bounds what the policies of a role allow',
    pages.boundaries,
    evaluate('a role does no more than its boundary allows'),
  ),
  row(
    "a key's policy must allow, or hand the decision to the account",
    pages.keyPolicies,
    evaluate("a key's policy decides alone"),
  ),
  row(
    'kms:ViaService tells through which service a key is used',
    pages.viaService,
    enforcement('a customer key must be allowed besides'),
  ),
  row(
    'a refusal names principal, action, resource and the kind of policy',
    pages.denied,
    enforcement('DynamoDB: AccessDeniedException with status 400'),
  ),
  row(
    'an index, a stream and an object are resources of their own',
    pages.dynamodb,
    enforcement('an index, a stream and an object have ARNs of their own'),
  ),
  row(
    'batches need actions of their own, on each table',
    pages.dynamodb,
    enforcement('batches need their own actions'),
  ),
  row(
    'a transaction needs the action of each item',
    pages.transactions,
    enforcement('a transaction needs the action of each of its items'),
  ),
  row('PartiQL has actions of its own', pages.partiql, enforcement('PartiQL has actions of its own')),
  row(
    'statements of a batch are refused one by one',
    pages.batchError,
    enforcement('PartiQL has actions of its own'),
  ),
  row(
    'dynamodb:LeadingKeys decides by the keys of items',
    pages.fineGrained,
    enforcement('conditions on the keys of items'),
  ),
  row(
    'batches of messages need the right of the single operation',
    pages.sqs,
    enforcement('what the role allows goes through'),
  ),
  row(
    'a missing object is told of only to who may list the bucket',
    pages.s3,
    enforcement('an object that is not there'),
  ),
  row(
    'a topic delivers only where the policy of the queue lets it',
    pages.subscribe,
    enforcement('or nowhere, when that lets it in as little'),
  ),
  row(
    'what a queue does not let in goes to the dead-letter queue of the subscription',
    pages.snsDeadLetters,
    enforcement('and otherwise to the dead-letter queue of its subscription'),
  ),
  row(
    'a mapping is refused whose role cannot read the stream',
    pages.streamMapping,
    enforcement('and is refused by the name of what it lacks to read a stream'),
  ),
  row(
    'a mapping is refused whose role cannot receive from the queue or delete',
    pages.queueMapping,
    enforcement('and to receive from a queue and delete'),
  ),
  row(
    'a mapping is refused whose role cannot write to its on-failure destination',
    pages.destinations,
    enforcement('and to write to its on-failure destination'),
  ),
  row(
    'a role must be allowed to write to the destinations of asynchronous events',
    'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html',
    enforcement('and to write to the destinations of its asynchronous events'),
  ),
  row(
    'a role must let Lambda assume it',
    pages.executionRole,
    enforcement('a role that Lambda may not assume'),
  ),
];
