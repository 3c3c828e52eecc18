import * as z from '#lib/platform/zod.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { anything, defineRoute, noBody, none, nothing } from '../route.ts';

export const getOpenApiRoute = defineRoute({
  operationId: 'getOpenApi',
  ...ENDPOINTS.getOpenApi,
  tag: 'Service',
  summary: 'This document',
  auth: none,
  params: nothing,
  query: nothing,
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: {
    200: {
      description: 'The API as an OpenAPI 3.1 document.',
      body: z.looseObject({ openapi: z.string() }),
      headers: ['Cache-Control'],
    },
  },
  problems: [],
});

/**
 * What no other route takes. API Gateway would answer these itself, with a 404 for everything, an unknown method
 * included.
 */
export const unmatchedRoute = defineRoute({
  operationId: 'unmatchedRoute',
  method: 'ANY',
  path: '$default',
  tag: 'Service',
  summary: 'Everything else',
  auth: none,
  params: anything,
  query: anything,
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: { 204: { description: 'An OPTIONS request.', headers: ['Allow'] } },
  problems: ['not-found', 'method-not-allowed'],
});
