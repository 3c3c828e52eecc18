import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { json } from '#lib/http/response.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { once } from '#lib/platform/once.ts';
import { vapidKeysFrom } from '#lib/push/vapid-keys.ts';
import { route } from './route.ts';

const { PUSH_SECRET_ARN } = readConfig(z.object({ PUSH_SECRET_ARN: requiredText }));
const readSecret = secretReader();
const publicKey = once(async () => vapidKeysFrom(await readSecret(PUSH_SECRET_ARN)).publicKey);

/** GET /push-key */
export const handler = api(route, async () =>
  json(200, { publicKey: await publicKey() }, { 'cache-control': 'public, max-age=3600' }),
);
