import { z } from 'zod';
import { BatchWriteRequest, ItemWriteRequest } from '../dynamodb-writes.ts';
import type { Exchange } from '../engine-proxy/proxy.ts';
import { writesOfStatements } from '../partiql.ts';

/** A message that a function put on a topic or in a queue. */
export interface SentMessage {
  body: string;
  /** String attributes by name. */
  attributes: Readonly<Record<string, string>>;
}

/** Something that an invocation did to the world outside; reads are no effects. */
export type Effect =
  | {
      kind: 'item';
      operation: string;
      table: string /** For people: what was written where. */;
      key: string;
      refused: boolean;
    }
  | { kind: 'published'; topicArn: string; message: SentMessage }
  | { kind: 'sent'; queueName: string; message: SentMessage }
  | { kind: 'object'; operation: string; bucket: string; key: string }
  /** `line` says what is not allowed, and by which statement it would be. */
  | { kind: 'denied'; line: string }
  | { kind: 'event'; bus: string; source: string; detailType: string }
  | { kind: 'matched'; rule: string; target: string }
  | { kind: 'refused'; service: string; operation: string; statusCode: number };

const isSuccess = ({ statusCode }: Exchange): boolean => statusCode >= 200 && statusCode < 300;

const keyText = (item: unknown): string => {
  const parsed = z.record(z.string(), z.record(z.string(), z.unknown())).safeParse(item);
  if (!parsed.success) return '';
  return Object.entries(parsed.data)
    .filter(([, value]) => typeof value.S === 'string' && value.S.length <= 80)
    .slice(0, 4)
    .map(([name, value]) => `${name}=${String(value.S)}`)
    .join(' ');
};

const TransactWrite = z.object({
  TransactItems: z.array(
    z.object({
      Put: ItemWriteRequest.optional(),
      Update: ItemWriteRequest.optional(),
      Delete: ItemWriteRequest.optional(),
    }),
  ),
});

const itemEffects = (operation: string, exchange: Exchange): Effect[] => {
  const refused = !isSuccess(exchange);
  if (operation === 'BatchExecuteStatement') {
    const answer = refused ? undefined : exchange.responseBody.toString();
    return writesOfStatements(exchange.requestBody.toString(), answer).map(({ item, ...write }) => ({
      ...{ kind: 'item', key: keyText(item) },
      ...write,
    }));
  }
  const body: unknown = JSON.parse(exchange.requestBody.toString() || '{}');
  const itemEffect = (name: string, table: string, item: unknown): Effect => ({
    kind: 'item',
    operation: name,
    table,
    key: keyText(item),
    refused,
  });
  if (operation === 'TransactWriteItems') {
    return TransactWrite.parse(body).TransactItems.flatMap((item) =>
      Object.entries(item).flatMap(([name, write]) =>
        write ? [itemEffect(name, write.TableName, write.Item ?? write.Key)] : [],
      ),
    );
  }
  if (operation === 'BatchWriteItem') {
    return Object.entries(BatchWriteRequest.parse(body).RequestItems).flatMap(([table, writes]) =>
      writes.map(({ PutRequest, DeleteRequest }) =>
        itemEffect(PutRequest ? 'Put' : 'Delete', table, PutRequest?.Item ?? DeleteRequest?.Key),
      ),
    );
  }
  const write = ItemWriteRequest.parse(body);
  return [itemEffect(operation.replace('Item', ''), write.TableName, write.Item ?? write.Key)];
};

/** Reads the flattened lists of the AWS query protocol: `<prefix>.<n>.<rest>` grouped by n. */
const members = (form: URLSearchParams, prefix: string): Map<string, string>[] => {
  const groups = new Map<string, Map<string, string>>();
  for (const [name, value] of form) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const [index = '', ...rest] = name.slice(prefix.length + 1).split('.');
    const group = groups.get(index) ?? new Map<string, string>();
    groups.set(index, group.set(rest.join('.'), value));
  }
  return [...groups.values()];
};

const attributesOf = (fields: Map<string, string>, prefix: string): Record<string, string> => {
  const form = new URLSearchParams([...fields]);
  return Object.fromEntries(
    members(form, prefix).map((entry) => [entry.get('Name') ?? '', entry.get('Value.StringValue') ?? '']),
  );
};

const publishEffects = (form: URLSearchParams): Effect[] => {
  const topicArn = form.get('TopicArn') ?? '';
  const entries =
    form.get('Action') === 'PublishBatch'
      ? members(form, 'PublishBatchRequestEntries.member')
      : [new Map(form)];
  return entries.map((entry) => ({
    kind: 'published',
    topicArn,
    message: {
      body: entry.get('Message') ?? '',
      attributes: attributesOf(entry, 'MessageAttributes.entry'),
    },
  }));
};

const SentToQueue = z.object({
  QueueUrl: z.string(),
  MessageBody: z.string().optional(),
  Entries: z.array(z.object({ MessageBody: z.string() })).optional(),
});

const sendEffects = (exchange: Exchange): Effect[] => {
  const {
    QueueUrl,
    MessageBody,
    Entries = [],
  } = SentToQueue.parse(JSON.parse(exchange.requestBody.toString()));
  const bodies = MessageBody === undefined ? Entries.map((entry) => entry.MessageBody) : [MessageBody];
  const queueName = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
  return bodies.map((body) => ({ kind: 'sent', queueName, message: { body, attributes: {} } }));
};

const objectEffects = ({ method, path }: Exchange): Effect[] => {
  const [bucket = '', ...key] = new URL(path, 'http://127.0.0.1').pathname.slice(1).split('/');
  return [{ kind: 'object', operation: method, bucket, key: decodeURIComponent(key.join('/')) }];
};

const refused = (service: string, operation: string, { statusCode }: Exchange): Effect[] => [
  { kind: 'refused', service, operation, statusCode },
];

const ITEM_WRITES = [
  ...['PutItem', 'UpdateItem', 'DeleteItem'],
  ...['TransactWriteItems', 'BatchWriteItem', 'BatchExecuteStatement'],
];

/** What a call of an AWS API changed; nothing for reads. */
export const effectsOf = (exchange: Exchange): Effect[] => {
  const target = exchange.headers['x-amz-target'];
  const [service = '', operation = ''] = typeof target === 'string' ? target.split('.') : [];
  if (service.startsWith('DynamoDB'))
    return ITEM_WRITES.includes(operation) ? itemEffects(operation, exchange) : [];
  if (service === 'AmazonSQS') {
    if (!operation.startsWith('SendMessage')) return [];
    return isSuccess(exchange) ? sendEffects(exchange) : refused('SQS', operation, exchange);
  }
  if (exchange.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(exchange.requestBody.toString());
    const action = form.get('Action') ?? '';
    if (!action.startsWith('Publish')) return [];
    return isSuccess(exchange) ? publishEffects(form) : refused('SNS', action, exchange);
  }
  if (exchange.method === 'GET' || exchange.method === 'HEAD') return [];
  return isSuccess(exchange) ? objectEffects(exchange) : refused('S3', exchange.method, exchange);
};
