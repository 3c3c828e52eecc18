import { httpHandler } from '#lib/http/http-handler.ts';
import { getPushKeyRoute } from '#lib/http/routes/push-key.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import { once } from '#lib/platform/once.ts';
import * as z from '#lib/platform/zod.ts';
import { vapidKeysFrom } from '#lib/push/vapid-keys.ts';

const { PUSH_SECRET_ARN } = readConfig(z.object({ PUSH_SECRET_ARN: requiredText }));
const readSecret = secretReader();
const publicKey = once(async () => vapidKeysFrom(await readSecret(PUSH_SECRET_ARN)).publicKey);

/** GET /push-key */
export const handler = httpHandler(getPushKeyRoute, { log: createLogger() }, async () => ({
  status: 200,
  headers: { 'cache-control': 'public, max-age=3600' },
  body: { publicKey: await publicKey() },
}));
