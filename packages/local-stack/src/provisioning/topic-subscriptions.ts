import type { Template, TemplateResource } from '../cloudformation/template.ts';

const PROPERTY = 'Subscription';

/**
 * A template in which the subscriptions that stand inside topics are resources of their own, as SNS makes them:
 * `<logical id of the topic>Subscription<number>`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-sns-topic-subscription.html
 * @param ignored logical ids of topics that the service's settings ignore
 */
export const withTopicSubscriptions = (template: Template, ignored: ReadonlySet<string>): Template => {
  const Resources: Record<string, TemplateResource> = {};
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const { [PROPERTY]: inside, ...Properties } = resource.Properties;
    if (resource.Type !== 'AWS::SNS::Topic' || !Array.isArray(inside) || ignored.has(logicalId)) {
      Resources[logicalId] = resource;
      continue;
    }
    Resources[logicalId] = { ...resource, Properties };
    for (const [index, subscription] of inside.entries())
      Resources[`${logicalId}${PROPERTY}${index + 1}`] = {
        ...resource,
        Type: 'AWS::SNS::Subscription',
        Properties: { ...Object(subscription), TopicArn: { Ref: logicalId } },
      };
  }
  return { ...template, Resources };
};
