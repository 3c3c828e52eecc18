import * as z from 'zod';
import { httpHandler } from '#lib/http/http-handler.ts';
import { getPushKeyRoute } from '#lib/http/routes/push-key.ts';
import { readConfig } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import { vapidKeysFrom } from '#lib/push/vapid-keys.ts';

const { PUSH_SECRET } = readConfig(z.object({ PUSH_SECRET: z.string().min(32) }));
const { publicKey } = vapidKeysFrom(PUSH_SECRET);

/** GET /push-key */
export const handler = httpHandler(getPushKeyRoute, { log: createLogger() }, async () => ({
  status: 200,
  headers: { 'cache-control': 'public, max-age=3600' },
  body: { publicKey },
}));
