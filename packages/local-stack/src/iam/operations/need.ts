import type { IncomingHttpHeaders } from 'node:http';
import type { ContextValues } from '../context.ts';

export type ServiceName = 'dynamodb' | 'sns' | 'sqs' | 's3' | 'secretsmanager' | 'lambda' | 'events';

/** Condition keys, read from the call only when a policy asks for one. */
export type NeedContext = () => ContextValues;

/** One right that a call needs. */
export interface Need {
  /** For example `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Condition keys of this part of the call. */
  readonly context?: NeedContext;
  /** Which statement of a batch needs it, where the others go on without. */
  readonly part?: number;
}

/** A call as it came in. */
export interface ServiceCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestBody: Buffer;
}

/** What is known of the account's resources. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
  /** The names of a table's or an index's partition key. */
  partitionKeyOf(table: string, index?: string): string | undefined;
  /** The ARN of a secret by its ARN or name. */
  secretArnOf(id: string): string;
}

/** The operation's name and what it needs. */
export interface Operation {
  readonly name: string;
  readonly needs: readonly Need[];
}

/** An operation that the tables here do not list needs the action of its name. */
export const otherwise = (service: string, name: string, resource = '*'): Operation => ({
  name,
  needs: [{ action: `${service}:${name}`, resource }],
});
