import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { Problem } from '#lib/http/problem.ts';
import { empty } from '#lib/http/response.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { dynamoDbDeviceRegistry } from '#lib/push/dynamodb-device-registry.ts';
import { route } from './route.ts';

const { DEVICES_TABLE } = readConfig(z.object({ DEVICES_TABLE: requiredText }));
const devices = dynamoDbDeviceRegistry(createDocumentClient(), DEVICES_TABLE);

/** DELETE /devices/{deviceId} */
export const handler = api(route, async ({ params, userId }) => {
  if (!(await devices.remove(userId, params.deviceId))) throw new Problem('not-found');
  return empty(204);
});
