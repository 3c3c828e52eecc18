import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyPersistenceLayerError,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { KEY_LIFETIME_SECONDS } from './idempotency-key.ts';
import { Problem } from './problem.ts';
import type { Reply } from './reply.ts';

/** A request that must not be done twice. */
export interface KeyedRequest {
  userId: string;
  key: string;
  /** What the request asks for, as parsed: the same key with another payload is refused. */
  payload: Record<string, string>;
}

/** Answers a keyed request once, and then with that answer. */
export type AnswerOnce = (
  request: KeyedRequest,
  lambda: Context,
  answer: () => Promise<Reply>,
) => Promise<Reply>;

const asProblem = (error: unknown): never => {
  if (error instanceof IdempotencyAlreadyInProgressError) {
    throw new Problem('idempotency-key-in-use', {
      detail: 'The first request with this Idempotency-Key is still being answered.',
      headers: { 'retry-after': '1' },
    });
  }
  if (error instanceof IdempotencyValidationError) throw keyReused();
  // Powertools wraps what the table answered; the cause is what an operator needs.
  throw error instanceof IdempotencyPersistenceLayerError
    ? new Error(error.message, { cause: error.cause })
    : error;
};

/** The problem of a key that was used for something else before. */
export const keyReused = () =>
  new Problem('idempotency-key-reused', {
    detail: 'This Idempotency-Key was used for another body. Take a new key for a new request.',
  });

/**
 * Idempotency by Powertools. Only answers are kept, not problems: a request that failed may be sent again with
 * its key, also after the function was cut off in its middle, once its time is over.
 * @param scope names the operation; keys of different operations and users do not meet
 */
export const answerOnce = (client: DynamoDBClient, tableName: string, scope: string): AnswerOnce => {
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  const config = new IdempotencyConfig({
    eventKeyJmesPath: '[userId, key]',
    payloadValidationJmesPath: 'payload',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: KEY_LIFETIME_SECONDS,
    hashFunction: 'sha256',
  });
  const once = makeIdempotent(
    async (_request: KeyedRequest, answer: () => Promise<Reply>): Promise<Reply> => answer(),
    { persistenceStore, config, keyPrefix: scope, dataIndexArgument: 0 },
  );
  return async (request, lambda, answer) => {
    config.registerLambdaContext(lambda);
    let isFirst = false;
    const reply = await once(request, () => {
      isFirst = true;
      return answer();
    }).catch(asProblem);
    return isFirst ? reply : { ...reply, headers: { ...reply.headers, 'idempotent-replayed': 'true' } };
  };
};
