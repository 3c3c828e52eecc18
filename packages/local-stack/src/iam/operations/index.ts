import { z } from 'zod';
import { dynamoDbOperation } from './dynamodb.ts';
import { snsOperation, sqsOperation } from './messaging.ts';
import { type Account, type Operation, otherwise, type ServiceCall, type ServiceName } from './need.ts';
import { s3Operation } from './s3.ts';

export type { Account, Need, Operation, ServiceCall, ServiceName } from './need.ts';

const SecretRequest = z.looseObject({
  SecretId: z.string().optional(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
const secretsManagerOperation = ({ headers, requestBody }: ServiceCall, account: Account): Operation => {
  const target = String(headers['x-amz-target'] ?? '');
  const name = target.slice(target.indexOf('.') + 1);
  const { SecretId, VersionId, VersionStage } = SecretRequest.parse(
    JSON.parse(requestBody.toString() || '{}'),
  );
  const resource = SecretId === undefined ? '*' : account.secretArnOf(SecretId);
  const context = () => ({
    'secretsmanager:SecretId': SecretId,
    'secretsmanager:VersionId': VersionId,
    'secretsmanager:VersionStage': VersionStage ?? 'AWSCURRENT',
  });
  return { name, needs: [{ action: `secretsmanager:${name}`, resource, context }] };
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
const lambdaOperation = ({ path }: ServiceCall, { region, accountId }: Account): Operation => {
  const [, encoded] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/.exec(path) ?? [];
  if (encoded === undefined) return otherwise('lambda', 'Unknown');
  const reference = decodeURIComponent(encoded);
  const qualifier = new URL(path, 'http://127.0.0.1').searchParams.get('Qualifier');
  const [, name = reference] = /(?:^|function:)([^:]+(?::[^:]+)?)$/.exec(reference) ?? [];
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}${qualifier ? `:${qualifier}` : ''}`;
  return {
    name: 'Invoke',
    needs: [{ action: 'lambda:InvokeFunction', resource: arn.replace(/:\$LATEST$/, '') }],
  };
};

const EventsRequest = z.looseObject({
  Entries: z
    .array(
      z.looseObject({
        Source: z.string().optional(),
        DetailType: z.string().optional(),
        EventBusName: z.string().default('default'),
      }),
    )
    .default([]),
});

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
const eventsOperation = (
  { headers, requestBody }: ServiceCall,
  { region, accountId }: Account,
): Operation => {
  const target = String(headers['x-amz-target'] ?? '');
  const name = target.slice(target.indexOf('.') + 1);
  if (name !== 'PutEvents') return otherwise('events', name);
  const { Entries } = EventsRequest.parse(JSON.parse(requestBody.toString() || '{}'));
  return {
    name,
    needs: Entries.map(({ Source, DetailType, EventBusName }) => ({
      action: 'events:PutEvents',
      resource: EventBusName.startsWith('arn:')
        ? EventBusName
        : `arn:aws:events:${region}:${accountId}:event-bus/${EventBusName}`,
      context: () => ({ 'events:source': Source, 'events:detail-type': DetailType }),
    })),
  };
};

const OPERATIONS: Readonly<Record<ServiceName, (call: ServiceCall, account: Account) => Operation>> = {
  dynamodb: dynamoDbOperation,
  sns: snsOperation,
  sqs: sqsOperation,
  s3: s3Operation,
  secretsmanager: secretsManagerOperation,
  lambda: lambdaOperation,
  events: eventsOperation,
};

const isService = (name: string): name is ServiceName => Object.hasOwn(OPERATIONS, name);

/** Who signed a call, and for which service: the credential of its signature. */
export interface Signature {
  readonly accessKeyId: string;
  readonly service: ServiceName;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
export const signatureOf = ({ headers, path }: ServiceCall): Signature | undefined => {
  const { authorization } = headers;
  const given = authorization ?? new URL(path, 'http://127.0.0.1').searchParams.get('X-Amz-Credential') ?? '';
  const [, accessKeyId = '', service = ''] =
    /(?:Credential=|^)([^/\s,]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(given) ?? [];
  return isService(service) ? { accessKeyId, service } : undefined;
};

/**
 * What a call needs.
 * @throws when the call's body is not what the service takes; it refuses such a call itself
 */
export const operationOf = (service: ServiceName, call: ServiceCall, account: Account): Operation =>
  OPERATIONS[service](call, account);
