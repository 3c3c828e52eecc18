import { httpHandler } from '#lib/http/http-handler.ts';
import { Problem } from '#lib/http/problem.ts';
import { deleteDeviceRoute } from '#lib/http/routes/push.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import * as z from '#lib/platform/zod.ts';
import { dynamoDbDeviceRegistry } from '#lib/push/dynamodb-device-registry.ts';

const { DEVICES_TABLE } = readConfig(z.object({ DEVICES_TABLE: requiredText }));
const devices = dynamoDbDeviceRegistry(createDocumentClient(), DEVICES_TABLE);

/** DELETE /devices/{deviceId} */
export const handler = httpHandler(deleteDeviceRoute, { log: createLogger() }, async ({ params, userId }) => {
  if (!(await devices.remove(userId, params.deviceId))) throw new Problem('not-found');
  return { status: 204, headers: {} };
});
