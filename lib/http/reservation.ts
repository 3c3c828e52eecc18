import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from '#lib/platform/zod.ts';
import { type KeyedRequest, keyReused } from './idempotency.ts';
import { KEY_LIFETIME_SECONDS } from './idempotency-key.ts';

const Reservation = z.object({ reserved: z.string(), payload: z.string() });

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64');

/**
 * Reserves an id for what a keyed request creates. Powertools runs a request again that was cut off in its
 * middle, and cannot know whether the first run had already written: with the id of the first run, the second
 * one finds what it wrote instead of writing it twice.
 * @returns the id reserved by the first run of this request, or `proposed`
 */
export type ReserveId = (request: KeyedRequest, proposed: string) => Promise<string>;

/**
 * Reservations in the idempotency table; they expire with the keys.
 * @throws {Problem} idempotency-key-reused when the key was first used with another payload
 */
export const reserveId =
  (client: DynamoDBDocumentClient, tableName: string, scope: string): ReserveId =>
  async ({ userId, key, payload }, proposed) => {
    const now = Math.floor(Date.now() / 1_000);
    const reservation = { reserved: proposed, payload: digest(payload) };
    const { reserved, payload: first } = await client
      .send(
        new PutCommand({
          TableName: tableName,
          Item: {
            id: `${scope}.reservation#${digest([userId, key])}`,
            ...reservation,
            expiration: now + KEY_LIFETIME_SECONDS,
          },
          // What has expired may stay in the table for days.
          ConditionExpression: 'attribute_not_exists(id) OR expiration < :now',
          ExpressionAttributeValues: { ':now': now },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .then(
        () => reservation,
        (error: unknown) => {
          if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
          return Reservation.parse(unmarshall(error.Item));
        },
      );
    if (first !== reservation.payload) throw keyReused();
    return reserved;
  };
