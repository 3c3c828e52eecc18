import type { Call } from '../../../packages/local-stack/src/engine-proxy/proxy.ts';

export type Service = 'dynamodb' | 'streams' | 'sns' | 'sqs' | 's3';

/** What a call through the proxy does, and to which service. */
export interface Operation {
  /** The logical id of a function, or `event-source-mappings`. */
  caller: string;
  service: Service;
  /** As AWS names it, `PutItem`. */
  name: string;
  /** The call as its engine knows it. */
  call: Call;
  engine: 'dynamoDb' | 'messaging';
}

const S3_OPERATIONS: Readonly<Record<string, string>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  DELETE: 'DeleteObject',
};

/** @throws when the path names no caller: the caller did not use the endpoint that it was given */
export const operationOf = (call: Call): Operation => {
  const [, caller = '', engine = '', rest = ''] =
    /^\/([^/?]+)\/(dynamodb|messaging)\/?(.*)$/.exec(call.path) ?? [];
  if (caller === '') throw new Error(`the path ${call.path} names no caller`);
  const inner = { ...call, path: `/${rest}` };
  const [api = '', target = ''] = `${call.headers['x-amz-target'] ?? ''}`.split('.');
  if (engine === 'dynamodb') {
    const service = api.startsWith('DynamoDBStreams') ? 'streams' : 'dynamodb';
    return { caller, service, name: target, call: inner, engine: 'dynamoDb' };
  }
  if (api === 'AmazonSQS') return { caller, service: 'sqs', name: target, call: inner, engine: 'messaging' };
  if (`${call.headers['content-type']}`.startsWith('application/x-www-form-urlencoded')) {
    const action = new URLSearchParams(call.requestBody.toString()).get('Action') ?? '';
    return { caller, service: 'sns', name: action, call: inner, engine: 'messaging' };
  }
  const name = S3_OPERATIONS[call.method] ?? call.method;
  return { caller, service: 's3', name, call: inner, engine: 'messaging' };
};
