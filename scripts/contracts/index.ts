import * as z from 'zod';
import { PostEvent } from '#lib/events/post-event.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './openapi.ts';

/** The contracts under `docs/`, each generated from the code that keeps it. */
export const CONTRACTS = {
  'openapi.json': openApiDocument,
  'asyncapi.json': asyncApiDocument,
  /** Of a message body on the PostEvents topic. */
  'post-event.schema.json': () => z.toJSONSchema(PostEvent),
} as const satisfies Record<string, () => unknown>;

/** A contract as it is written to its file. */
export const contractText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;
