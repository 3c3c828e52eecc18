// What moderation needs, by the parameter `moderation`: its own rules, Amazon Comprehend, or one after the other.
const ENGINES = ['rules', 'comprehend', 'rules,comprehend'];

// By one call for each decision, or by one for those of a batch.
const decide = {
  Effect: 'Allow',
  Action: ['dynamodb:UpdateItem', 'dynamodb:PartiQLUpdate'],
  Resource: { 'Fn::GetAtt': ['PostsTable', 'Arn'] },
};

// A failed message comes again when the consumer says.
const postpone = {
  Effect: 'Allow',
  Action: 'sqs:ChangeMessageVisibility',
  Resource: { 'Fn::GetAtt': ['ContentModerationQueue', 'Arn'] },
};

// Neither action knows a narrower resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncomprehend.html
const comprehend = {
  Effect: 'Allow',
  Action: ['comprehend:DetectDominantLanguage', 'comprehend:DetectToxicContent'],
  Resource: '*',
};

/** @see https://www.serverless.com/framework/docs/providers/aws/guide/variables#reference-properties-in-javascript-files */
module.exports = async ({ resolveVariable }) => {
  const engine = await resolveVariable('param:moderation');
  if (!ENGINES.includes(engine)) {
    throw new Error(`The parameter "moderation" must be one of ${ENGINES.join(' | ')} and is "${engine}"`);
  }
  return { engine, statements: [decide, postpone, ...(engine === 'rules' ? [] : [comprehend])] };
};
