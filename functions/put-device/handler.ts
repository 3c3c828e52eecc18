import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { Problem } from '#lib/http/problem.ts';
import { json } from '#lib/http/response.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { dynamoDbDeviceRegistry } from '#lib/push/dynamodb-device-registry.ts';
import { deviceIdOf } from '#lib/push/push-subscription.ts';
import { route } from './route.ts';

const { DEVICES_TABLE } = readConfig(z.object({ DEVICES_TABLE: requiredText }));
const devices = dynamoDbDeviceRegistry(createDocumentClient(), DEVICES_TABLE);

/** PUT /devices/{deviceId} */
export const handler = api(route, async ({ params, body: subscription, userId }) => {
  if (params.deviceId !== deviceIdOf(subscription.endpoint)) {
    const detail = 'must be the SHA-256 of the endpoint, in base64url without padding';
    throw new Problem('invalid-request', { errors: [{ parameter: 'deviceId', detail }] });
  }
  const { deviceId, registeredAt } = await devices.register(userId, subscription);
  return json(200, { deviceId, registeredAt }, { 'cache-control': 'no-store' });
});
