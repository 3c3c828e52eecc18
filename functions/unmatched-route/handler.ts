import { ENDPOINTS } from '#lib/http/endpoints.ts';
import { httpHandler } from '#lib/http/http-handler.ts';
import { unmatchedRoute } from '#lib/http/routes/service.ts';
import { answerUnmatched } from '#lib/http/unmatched.ts';
import { createLogger } from '#lib/platform/logger.ts';

/** Whatever no other function is routed to. */
export const handler = httpHandler(unmatchedRoute, { log: createLogger() }, async ({ method, path }) =>
  answerUnmatched(Object.values(ENDPOINTS), method, path),
);
