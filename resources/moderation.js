const decide = {
  Effect: 'Allow',
  Action: 'dynamodb:UpdateItem',
  Resource: { 'Fn::GetAtt': ['PostsTable', 'Arn'] },
};

// Neither action knows a narrower resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncomprehend.html
const comprehend = {
  Effect: 'Allow',
  Action: ['comprehend:DetectDominantLanguage', 'comprehend:DetectToxicContent'],
  Resource: '*',
};

/** What moderation may do, by the parameter `moderation`. */
module.exports = async ({ resolveVariable }) => {
  const engine = await resolveVariable('self:custom.stack.moderation');
  return engine === 'rules' ? [decide] : [decide, comprehend];
};
