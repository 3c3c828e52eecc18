import { z } from 'zod';
import { statementOf } from '../../partiql.ts';
import {
  type Account,
  type Need,
  type NeedContext,
  type Operation,
  otherwise,
  type ServiceCall,
} from './need.ts';

const Value = z.record(z.string(), z.unknown());
const Item = z.record(z.string(), Value);
const Names = z.record(z.string(), z.string());
/** What every call is read for; the rest only when a policy asks for it. */
const Named = z.looseObject({ TableName: z.string().optional(), IndexName: z.string().optional() });

const Request = z.looseObject({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  Key: Item.optional(),
  Item: Item.optional(),
  KeyConditionExpression: z.string().optional(),
  KeyConditions: z.record(z.string(), z.looseObject({ AttributeValueList: z.array(Value) })).optional(),
  ProjectionExpression: z.string().optional(),
  AttributesToGet: z.array(z.string()).optional(),
  UpdateExpression: z.string().optional(),
  ExpressionAttributeNames: Names.default({}),
  ExpressionAttributeValues: Item.default({}),
  Select: z.string().optional(),
  ReturnValues: z.string().optional(),
  ReturnConsumedCapacity: z.string().optional(),
});
type Request = z.infer<typeof Request>;
type Named = z.infer<typeof Named>;

const Transaction = z.object({
  TransactItems: z.array(z.record(z.string(), Named)),
});
const BatchGet = z.object({
  RequestItems: z.record(z.string(), z.looseObject({ Keys: z.array(z.unknown()).default([]) })),
});
const BatchWrite = z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) });
const Write = z.looseObject({
  PutRequest: z.object({ Item }).optional(),
  DeleteRequest: z.object({ Key: Item }).optional(),
});
const Statements = z.object({
  Statements: z.array(z.looseObject({ Statement: z.string(), Parameters: z.array(Value).default([]) })),
});
const Transacted = z.object({
  TransactStatements: z.array(
    z.looseObject({ Statement: z.string(), Parameters: z.array(Value).default([]) }),
  ),
});
const Single = z.looseObject({ Statement: z.string(), Parameters: z.array(Value).default([]) });

const StreamRequest = z.looseObject({
  StreamArn: z.string().optional(),
  TableName: z.string().optional(),
  ShardIterator: z.string().optional(),
});

/** The actions of a transaction's parts. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const TRANSACTED = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
} as const;

/** Operations on no table in particular. */
const OF_ACCOUNT = [
  'ListTables',
  'DescribeLimits',
  'DescribeEndpoints',
  'ListGlobalTables',
  'ListExports',
  'ListImports',
];

export const tableArn = ({ region, accountId }: Account, table: string, index?: string): string => {
  const arn = table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
  return index === undefined ? arn : `${arn}/index/${index}`;
};

const nameOf = (table: string): string => table.slice(table.lastIndexOf('/') + 1);

const textOf = (value: unknown): string | undefined => {
  const parsed = Value.safeParse(value);
  return parsed.success ? Object.values(parsed.data).map(String)[0] : undefined;
};

/** The partition key's values of items or keys. */
const leadingKeys = (account: Account, table: string, items: readonly unknown[]): string[] | undefined => {
  const name = account.partitionKeyOf(nameOf(table));
  if (name === undefined) return undefined;
  const keys = items.flatMap((item) => textOf(Item.safeParse(item).data?.[name]) ?? []);
  return keys.length > 0 ? [...new Set(keys)] : undefined;
};

/** The partition that a query is for: `#pk = :pk` in its key condition. */
const queriedKey = (account: Account, request: Request): string | undefined => {
  const { TableName = '', IndexName, KeyConditions, KeyConditionExpression = '' } = request;
  const name = account.partitionKeyOf(nameOf(TableName), IndexName);
  if (name === undefined) return undefined;
  const [condition] = KeyConditions?.[name]?.AttributeValueList ?? [];
  if (condition) return textOf(condition);
  for (const [, attribute = '', placeholder = ''] of KeyConditionExpression.matchAll(
    /([#\w.-]+)\s*=\s*(:\w+)/g,
  )) {
    if ((request.ExpressionAttributeNames[attribute] ?? attribute) === name)
      return textOf(request.ExpressionAttributeValues[placeholder]);
  }
  return undefined;
};

/** The attributes that a request names, by their names at the top of the item. */
const attributesOf = (request: Request): string[] | undefined => {
  const inUpdate = [...(request.UpdateExpression ?? '').matchAll(/(#?[A-Za-z_][\w-]*)(?=[\s.[,=]|$)/g)]
    .map(([name]) => name)
    .filter((name) => !/^(SET|REMOVE|ADD|DELETE|if_not_exists|list_append)$/i.test(name));
  const projected =
    request.ProjectionExpression?.split(',').map((path) => path.trim().split(/[.[]/)[0] ?? '') ?? [];
  const names = [
    ...projected,
    ...inUpdate,
    ...(request.AttributesToGet ?? []),
    ...Object.keys(request.Item ?? {}),
    ...Object.keys(request.Key ?? {}),
  ].map((name) => request.ExpressionAttributeNames[name] ?? name);
  return names.length > 0 ? [...new Set(names)] : undefined;
};

const contextOf =
  (account: Account, given: Named, enclosing?: string): NeedContext =>
  () => {
    const request = Request.parse(given);
    const { TableName = '', Key, Item: item } = request;
    const queried = queriedKey(account, request);
    return {
      'dynamodb:LeadingKeys':
        queried === undefined ? leadingKeys(account, TableName, [Key ?? item]) : [queried],
      'dynamodb:Attributes': attributesOf(request),
      'dynamodb:Select': request.Select ?? (request.ProjectionExpression ? 'SPECIFIC_ATTRIBUTES' : undefined),
      'dynamodb:ReturnValues': request.ReturnValues,
      'dynamodb:ReturnConsumedCapacity': request.ReturnConsumedCapacity,
      'dynamodb:EnclosingOperation': enclosing,
    };
  };

const statementNeed = (
  account: Account,
  { Statement, Parameters }: z.infer<typeof Single>,
  enclosing?: string,
): Need => {
  const { kind, table, index, item, where } = statementOf(Statement, Parameters);
  const keys = table === undefined ? undefined : leadingKeys(account, table, [item]);
  return {
    action: kind === 'ConditionCheck' ? 'dynamodb:ConditionCheckItem' : `dynamodb:PartiQL${kind}`,
    resource: table === undefined ? '*' : tableArn(account, table, index),
    context: () => ({
      'dynamodb:LeadingKeys': keys,
      'dynamodb:FullTableScan':
        kind === 'Select' ? String(keys === undefined && !/\bIN\b/i.test(where)) : undefined,
      'dynamodb:EnclosingOperation': enclosing,
    }),
  };
};

/** The stream that an iterator reads: it holds the stream's ARN. */
const streamOfIterator = (iterator: string): string => {
  const [arn] = /arn:[^|"]*\/stream\/[^|"]*/.exec(iterator) ?? [];
  if (arn) return arn;
  const decoded = Buffer.from(iterator, 'base64').toString();
  return /arn:[^|"]*\/stream\/[^|"]*/.exec(decoded)?.[0] ?? '*';
};

const streamOperation = (account: Account, name: string, body: unknown): Operation => {
  const { StreamArn, TableName, ShardIterator } = StreamRequest.parse(body);
  if (name === 'ListStreams')
    return otherwise('dynamodb', name, `${tableArn(account, TableName ?? '*')}/stream/*`);
  return otherwise('dynamodb', name, StreamArn ?? (ShardIterator ? streamOfIterator(ShardIterator) : '*'));
};

/**
 * What an operation of DynamoDB or of its streams needs.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
export const dynamoDbOperation = ({ headers, requestBody }: ServiceCall, account: Account): Operation => {
  const target = String(headers['x-amz-target'] ?? '');
  const name = target.slice(target.indexOf('.') + 1);
  const body: unknown = JSON.parse(requestBody.toString() || '{}');
  if (target.startsWith('DynamoDBStreams')) return streamOperation(account, name, body);
  switch (name) {
    case 'BatchGetItem':
      return {
        name,
        needs: Object.entries(BatchGet.parse(body).RequestItems).map(([table, { Keys }]) => ({
          action: 'dynamodb:BatchGetItem',
          resource: tableArn(account, table),
          context: () => ({
            'dynamodb:LeadingKeys': leadingKeys(account, table, Keys),
            'dynamodb:EnclosingOperation': name,
          }),
        })),
      };
    case 'BatchWriteItem':
      return {
        name,
        needs: Object.entries(BatchWrite.parse(body).RequestItems).map(([table, writes]) => ({
          action: 'dynamodb:BatchWriteItem',
          resource: tableArn(account, table),
          context: () => ({
            'dynamodb:LeadingKeys': leadingKeys(
              account,
              table,
              z
                .array(Write)
                .parse(writes)
                .map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key),
            ),
            'dynamodb:EnclosingOperation': name,
          }),
        })),
      };
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return {
        name,
        needs: Transaction.parse(body).TransactItems.flatMap((parts) =>
          Object.entries(TRANSACTED).flatMap(([kind, action]): Need[] => {
            const request = parts[kind];
            if (!request) return [];
            return [
              {
                action: `dynamodb:${action}`,
                resource: tableArn(account, request.TableName ?? '*'),
                context: contextOf(account, request, name),
              },
            ];
          }),
        ),
      };
    case 'ExecuteStatement':
      return { name, needs: [statementNeed(account, Single.parse(body))] };
    case 'BatchExecuteStatement':
      return {
        name,
        needs: Statements.parse(body).Statements.map((statement, part) => ({
          ...statementNeed(account, statement, name),
          part,
        })),
      };
    case 'ExecuteTransaction':
      return {
        name,
        needs: Transacted.parse(body).TransactStatements.map((statement) =>
          statementNeed(account, statement, name),
        ),
      };
    default: {
      if (OF_ACCOUNT.includes(name)) return otherwise('dynamodb', name);
      const request = Named.parse(body);
      const isRead = name === 'Query' || name === 'Scan';
      const resource =
        request.TableName === undefined
          ? '*'
          : tableArn(account, request.TableName, isRead ? request.IndexName : undefined);
      return {
        name,
        needs: [{ action: `dynamodb:${name}`, resource, context: contextOf(account, request) }],
      };
    }
  }
};
