import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { json } from '#lib/http/response.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { vapidKeysFrom } from '#lib/push/vapid-keys.ts';
import { route } from './route.ts';

const { PUSH_SECRET_ARN } = readConfig(z.object({ PUSH_SECRET_ARN: requiredText }));
const readSecret = secretReader(PUSH_SECRET_ARN);

/** GET /push-key */
export const handler = api(route, async () => {
  const { publicKey } = vapidKeysFrom(await readSecret());
  return json(200, { publicKey }, { 'cache-control': 'public, max-age=3600' });
});
