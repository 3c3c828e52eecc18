import * as z from 'zod';
import type { Route } from '#lib/http/route.ts';

export const route = {
  tag: 'Service',
  summary: 'This document',
  request: z.object({}),
  answers: {
    200: {
      description: 'The API as an OpenAPI 3.1 document.',
      body: z.looseObject({ openapi: z.string() }),
      headers: ['Cache-Control'],
    },
  },
} as const satisfies Route;
