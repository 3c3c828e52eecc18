import { z } from 'zod';
import { evaluate, type Scope, TemplateError } from '../cloudformation/evaluate.ts';
import type { Template } from '../cloudformation/template.ts';
import { alarm, apiGatewayPart, declared, eventSourceMapping } from './declared.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import { dynamoDbTable } from './dynamodb-table.ts';
import { userPool, userPoolClient } from './identity.ts';
import { lambdaFunction } from './lambda-function.ts';
import type { DeclaredResource, Physical, Provider, ResourceType } from './resource-type.ts';
import { s3Bucket } from './s3-bucket.ts';
import { secret } from './secret.ts';
import { snsSubscription } from './sns-subscription.ts';
import { snsTopic } from './sns-topic.ts';
import { sqsQueue } from './sqs-queue.ts';
import { endStraySubscriptions } from './stray-subscriptions.ts';

export type { Physical, Provider } from './resource-type.ts';

const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': apiGatewayPart,
  'AWS::ApiGatewayV2::Authorizer': apiGatewayPart,
  'AWS::ApiGatewayV2::Integration': apiGatewayPart,
  'AWS::ApiGatewayV2::Route': apiGatewayPart,
  'AWS::ApiGatewayV2::Stage': apiGatewayPart,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': alarm,
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': userPoolClient,
  'AWS::DynamoDB::Table': dynamoDbTable,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::S3::Bucket': s3Bucket,
  'AWS::SNS::Subscription': snsSubscription,
  'AWS::SNS::Topic': snsTopic,
  'AWS::SQS::Queue': sqsQueue,
  'AWS::SecretsManager::Secret': secret,
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A resource that exists, with what it was made from. */
export interface ProvisionedResource extends DeclaredResource, Physical {}

/** Everything that a template declares, by logical id. */
export interface ProvisionedTemplate {
  resources: ReadonlyMap<string, ProvisionedResource>;
  /** The types that were declared but have no local meaning: nothing was created, nothing evaluated. */
  withoutLocalMeaning: readonly string[];
  ofType(type: string): ProvisionedResource[];
}

/**
 * Brings every resource of a compiled template into being, each once and after those it refers to. Resources
 * of unknown types are only declared, their properties not looked at.
 * @throws {TemplateError} naming the resource and what is wrong with it
 */
export const provisionTemplate = async (
  template: Template,
  provider: Provider,
): Promise<ProvisionedTemplate> => {
  const underWay = new Map<string, Promise<ProvisionedResource>>();
  const withoutLocalMeaning = new Set<string>();

  const provisioned = (logicalId: string, where: string): Promise<ProvisionedResource> => {
    const known = underWay.get(logicalId);
    if (known) return known;
    const begun = provision(logicalId, where);
    underWay.set(logicalId, begun);
    return begun;
  };

  const scope: Scope = {
    pseudoParameters: {
      'AWS::AccountId': provider.accountId,
      'AWS::Partition': 'aws',
      'AWS::Region': provider.region,
      'AWS::StackId': `arn:aws:cloudformation:${provider.region}:${provider.accountId}:stack/${provider.stackName}/local`,
      'AWS::StackName': provider.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    },
    parameters: Object.fromEntries(
      Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default]),
    ),
    conditions: template.Conditions,
    refOf: async (logicalId, where) => (await provisioned(logicalId, where)).ref,
    attributeOf: async (logicalId, attribute, where) => {
      const { attributes, type } = await provisioned(logicalId, where);
      const value = attributes[attribute];
      if (value !== undefined) return value;
      throw new TemplateError(where, `${logicalId} (${type}) has no local attribute "${attribute}"`);
    },
  };

  const exists = async (condition: string | undefined): Promise<boolean> =>
    condition === undefined || (await evaluate({ Condition: condition }, scope, 'Conditions')) === true;

  const provision = async (logicalId: string, where: string): Promise<ProvisionedResource> => {
    const resource = template.Resources[logicalId];
    if (!resource) throw new TemplateError(where, `there is no resource "${logicalId}"`);
    if (!(await exists(resource.Condition))) {
      throw new TemplateError(where, `"${logicalId}" does not exist: its condition is false`);
    }
    const type = RESOURCE_TYPES[resource.Type];
    const declaration: DeclaredResource = {
      logicalId,
      type: resource.Type,
      properties: type ? await propertiesOf(logicalId, resource.Properties) : {},
    };
    if (!type) withoutLocalMeaning.add(resource.Type);
    try {
      return { ...declaration, ...(await (type ?? declared)(declaration, provider)) };
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      throw Object.assign(new TemplateError(`${logicalId} (${resource.Type})`, reason), { cause: error });
    }
  };

  const propertiesOf = async (logicalId: string, properties: unknown): Promise<Record<string, unknown>> => {
    const evaluated = resolveDynamicReferences(
      await evaluate(properties, scope, logicalId),
      provider.secrets,
    );
    return typeof evaluated === 'object' && evaluated !== null ? { ...evaluated } : {};
  };

  const wanted = [];
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (await exists(resource.Condition)) wanted.push(logicalId);
  }
  const all = await Promise.all(wanted.map((logicalId) => provisioned(logicalId, logicalId)));
  const resources = new Map(all.map((resource) => [resource.logicalId, resource]));
  const ofType = (type: string) => all.filter((resource) => resource.type === type);
  const subscriptions = new Set(ofType('AWS::SNS::Subscription').map(({ ref }) => ref));
  for (const topic of ofType('AWS::SNS::Topic')) {
    await endStraySubscriptions(provider.sns, topic.ref, subscriptions);
  }
  return {
    resources,
    withoutLocalMeaning: [...withoutLocalMeaning].toSorted(),
    ofType,
  };
};
