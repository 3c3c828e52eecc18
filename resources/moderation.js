// What moderation may do, by the parameter `moderation`. Comprehend's actions know no narrower resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncomprehend.html
const COMPREHEND = {
  Effect: 'Allow',
  Action: ['comprehend:DetectDominantLanguage', 'comprehend:DetectToxicContent'],
  Resource: '*',
};
const DECIDE = {
  Effect: 'Allow',
  Action: 'dynamodb:UpdateItem',
  Resource: { 'Fn::GetAtt': ['PostsTable', 'Arn'] },
};

module.exports = async ({ resolveVariable }) => {
  const engine = await resolveVariable('self:custom.stack.moderation');
  return engine === 'rules' ? [DECIDE] : [DECIDE, COMPREHEND];
};
