import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ConsoleParts } from '../parts.ts';
import type { ApiDocument } from './wire.ts';

type Parts = Pick<ConsoleParts, 'provisioned' | 'build' | 'apiUrl'>;

const ROUTE = /^(?:GET|ANY) (\/\S*(?:openapi|swagger)(?:\.json)?)$/;
const FILES = ['openapi.json', 'docs/openapi.json', 'swagger.json'];
const Document = z.looseObject({ paths: z.record(z.string(), z.unknown()) });
const Route = z.looseObject({ RouteKey: z.string() });

const ofRoute = async ({ provisioned, apiUrl }: Parts): Promise<ApiDocument | undefined> => {
  for (const { properties } of provisioned.ofType('AWS::ApiGatewayV2::Route')) {
    const path = ROUTE.exec(Route.safeParse(properties).data?.RouteKey ?? '')?.[1];
    if (path === undefined) continue;
    const answer = await fetch(`${apiUrl()}${path}`);
    const parsed = answer.ok ? Document.safeParse(await answer.json()) : undefined;
    if (parsed?.success) return { from: `GET ${path}`, document: parsed.data, apiUrl: apiUrl() };
  }
  return undefined;
};

const ofFile = async ({ build, apiUrl }: Parts): Promise<ApiDocument | undefined> => {
  for (const file of FILES) {
    const text = await readFile(join(build.serviceDirectory, file), 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    const parsed = text === undefined ? undefined : Document.safeParse(JSON.parse(text));
    if (parsed?.success) return { from: file, document: parsed.data, apiUrl: apiUrl() };
  }
  return undefined;
};

/** The document that a route of the API answers with, or else that a file holds: JSON, at the usual names. */
export const apiDocument = async (parts: Parts): Promise<ApiDocument> =>
  (await ofRoute(parts)) ?? (await ofFile(parts)) ?? { apiUrl: parts.apiUrl() };
