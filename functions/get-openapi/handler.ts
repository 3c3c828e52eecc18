import { httpHandler } from '#lib/http/http-handler.ts';
import { getOpenApiRoute } from '#lib/http/routes/service.ts';
import { createLogger } from '#lib/platform/logger.ts';
import openApi from '../../docs/openapi.json' with { type: 'json' };

/** GET /openapi.json */
export const handler = httpHandler(getOpenApiRoute, { log: createLogger() }, async () => ({
  status: 200,
  headers: { 'cache-control': 'public, max-age=300' },
  body: openApi,
}));
