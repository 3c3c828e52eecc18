import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { RetryLater } from '#lib/platform/retry-later.ts';
import { deliverToDevices } from '#lib/push/deliver-to-devices.ts';
import { type DeviceRegistry, dynamoDbDeviceRegistry } from '#lib/push/dynamodb-device-registry.ts';
import type { Notification } from '#lib/push/notification.ts';
import { deviceIdOf, isOfPushService, PushSubscription } from '#lib/push/push-subscription.ts';
import { sendOnce } from '#lib/push/send-once.ts';
import { vapidKeysFrom } from '#lib/push/vapid-keys.ts';
import { webPushSender } from '#lib/push/web-push.ts';
import { linesOf } from '#tests/support/output.ts';
import { lambdaContext } from '#tests/support/sqs.ts';
import {
  createTable,
  localCredentials,
  startTestDynamoDb,
  type TestDynamoDb,
} from '#tests/support/tables.ts';
import { type PushService, startPushService } from './push-service.ts';

const vapid = {
  ...vapidKeysFrom('a secret of the stack, long and of high entropy'),
  subject: 'https://example.com',
};

let dynamoDb: TestDynamoDb;
let connections: DynamoDBClient;
let service: PushService;
let devices: DeviceRegistry;
let devicesTable: string;
let deliveriesTable: string;

beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  service = await startPushService(vapid);
  connections = new DynamoDBClient({
    endpoint: dynamoDb.endpoint,
    region: 'us-east-1',
    credentials: localCredentials,
  });
});
beforeEach(async () => {
  devicesTable = await createTable(dynamoDb.client, 'DevicesTable');
  deliveriesTable = await createTable(dynamoDb.client, 'DeliveriesTable');
  devices = dynamoDbDeviceRegistry(dynamoDb.client, devicesTable);
});
afterAll(async () => {
  connections.destroy();
  await service.stop();
  await dynamoDb.stop();
});

const aNotification = (): Notification => ({
  userId: 'ada',
  notificationId: randomUUID(),
  kind: 'flagged',
  postId: '01M7W2Y7M0Y1FNXRVGASJYNAYN',
  version: 2,
  title: 'Your post was taken down',
  body: 'It was taken down because of “offensive language” 🎉.',
  occurredAt: '2026-11-20T10:00:00.000Z',
  eventId: 'event',
  correlationId: 'request',
});

/** Delivery as the function does it, in a process of its own each time. */
const deliver = (notification: Notification) => {
  const { send, registerLambdaContext } = sendOnce(
    connections,
    deliveriesTable,
    webPushSender(async () => vapid),
    devices,
  );
  registerLambdaContext(lambdaContext());
  return deliverToDevices({ devices, send })(notification);
};

const subscribedDevices = async (count: number) => {
  const subscribed = Array.from({ length: count }, () => service.subscribe());
  for (const { subscription } of subscribed) await devices.register('ada', subscription);
  return subscribed;
};

describe('web push', () => {
  test('reaches every device of the user, encrypted for that device and signed', async () => {
    const subscribed = await subscribedDevices(2);
    const other = service.subscribe();
    await devices.register('grace', other.subscription);
    const notification = aNotification();
    expect(await deliver(notification)).toEqual({ sent: 2, gone: 0, refused: 0 });
    const { title, body, kind, postId, notificationId } = notification;
    for (const device of subscribed) {
      expect(device.messages.map(({ payload }) => payload)).toEqual([
        { title, body, kind, postId, notificationId },
      ]);
    }
    expect(other.messages).toEqual([]);
  });

  test('lets later news of a post replace what a sleeping device has not seen, for a day', async () => {
    const [device] = await subscribedDevices(1);
    await deliver(aNotification());
    expect(device?.messages[0]?.headers).toMatchObject({
      topic: aNotification().postId,
      ttl: '86400',
      urgency: 'normal',
    });
  });

  test('sends each notification once however often it is delivered', async () => {
    const [device] = await subscribedDevices(1);
    const notification = aNotification();
    for (let delivery = 0; delivery < 3; delivery += 1) {
      expect(await deliver(notification)).toEqual({ sent: 1, gone: 0, refused: 0 });
    }
    expect(device?.requests()).toBe(1);
    await deliver(aNotification());
    expect(device?.requests()).toBe(2);
  });

  test.each([404, 410])('forgets a device whose push service answers %i', async (status) => {
    const [gone, there] = await subscribedDevices(2);
    gone?.answersWith({ status });
    expect(await deliver(aNotification())).toEqual({ sent: 1, gone: 1, refused: 0 });
    expect((await devices.listOf('ada')).map(({ subscription }) => subscription)).toEqual([
      there?.subscription,
    ]);
  });

  test.each([
    ['seconds', () => ({ 'retry-after': '120' }), 120],
    ['a date', () => ({ 'retry-after': new Date(Date.now() + 300_000).toUTCString() }), 300],
    ['nothing', () => ({}), 60],
    ['nonsense', () => ({ 'retry-after': 'soon' }), 60],
  ])('asks for the time a busy service wants, given as %s', async (_what, headers, seconds) => {
    for (const status of [429, 503]) {
      const [device] = await subscribedDevices(1);
      device?.answersWith({ status, headers: headers() });
      const error = await deliver(aNotification()).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RetryLater);
      expect(error instanceof RetryLater && Math.abs(error.seconds - seconds)).toBeLessThanOrEqual(2);
    }
  });

  test('repeats only the device that failed, after the longest time asked for', async () => {
    const [well, slow, slower] = await subscribedDevices(3);
    slow?.answersWith({ status: 503, headers: { 'retry-after': '10' } });
    slower?.answersWith({ status: 429, headers: { 'retry-after': '90' } });
    const notification = aNotification();
    await expect(deliver(notification)).rejects.toMatchObject({
      name: 'RetryLater',
      seconds: 90,
      message: '2 of 3 devices could not be reached',
    });
    expect(await deliver(notification)).toEqual({ sent: 3, gone: 0, refused: 0 });
    expect([well, slow, slower].map((device) => device?.requests())).toEqual([1, 2, 2]);
    expect([well, slow, slower].map((device) => device?.messages.length)).toEqual([1, 1, 1]);
  });

  test.each([400, 401, 403, 413])('gives up on a message that is answered with %i', async (status) => {
    const [device] = await subscribedDevices(1);
    device?.answersWith({ status });
    const notification = aNotification();
    expect(await deliver(notification)).toEqual({ sent: 0, gone: 0, refused: 1 });
    await deliver(notification);
    expect(device?.requests()).toBe(1);
    expect(await devices.listOf('ada')).toHaveLength(1);
  });

  test('follows no redirection', async () => {
    const [device] = await subscribedDevices(1);
    const target = service.subscribe();
    device?.answersWith({ status: 307, headers: { location: target.subscription.endpoint } });
    expect(await deliver(aNotification())).toEqual({ sent: 0, gone: 0, refused: 1 });
    expect(target.requests()).toBe(0);
  });

  test('tries a service that does not answer again later', async () => {
    const absent = await startPushService(vapid);
    const { subscription } = absent.subscribe();
    await absent.stop();
    const table = await createTable(dynamoDb.client, 'DevicesTable');
    devices = dynamoDbDeviceRegistry(dynamoDb.client, table);
    await devices.register('ada', subscription);
    await expect(deliver(aNotification())).rejects.toMatchObject({ name: 'RetryLater', seconds: 60 });
  });

  test('is done when the user has no devices', async () => {
    expect(await deliver(aNotification())).toEqual({ sent: 0, gone: 0, refused: 0 });
  });
});

describe('the keys that identify the service', () => {
  test('are the same for the same secret and others for another', () => {
    expect(vapidKeysFrom('one secret')).toEqual(vapidKeysFrom('one secret'));
    expect(vapidKeysFrom('one secret')).not.toEqual(vapidKeysFrom('another secret'));
  });

  test('have the sizes that browsers and push services take', () => {
    for (let number = 0; number < 50; number += 1) {
      const { publicKey, privateKey } = vapidKeysFrom(`secret ${number}`);
      expect(Buffer.from(publicKey, 'base64url')).toHaveLength(65);
      expect(Buffer.from(privateKey, 'base64url')).toHaveLength(32);
    }
  });
});

describe('the device registry', () => {
  test('keeps one entry for a device that registers again', async () => {
    const { subscription } = service.subscribe();
    const first = await devices.register('ada', subscription);
    const again = await devices.register('ada', subscription);
    expect(again.deviceId).toBe(first.deviceId);
    expect(first.deviceId).toBe(deviceIdOf(subscription.endpoint));
    expect(await devices.listOf('ada')).toEqual([again]);
  });

  test('gives a device to the user who registered it last', async () => {
    const { subscription } = service.subscribe();
    await devices.register('ada', subscription);
    await devices.register('grace', subscription);
    expect(await devices.listOf('ada')).toEqual([]);
    expect(await devices.listOf('grace')).toHaveLength(1);
  });

  test("removes a user's own device and nobody else's", async () => {
    const { deviceId } = await devices.register('ada', service.subscribe().subscription);
    expect(await devices.remove('grace', deviceId)).toBe(false);
    expect(await devices.listOf('ada')).toHaveLength(1);
    expect(await devices.remove('ada', deviceId)).toBe(true);
    expect(await devices.remove('ada', deviceId)).toBe(false);
    expect(await devices.listOf('ada')).toEqual([]);
  });

  test('leaves out a stored device that it cannot read, and says so, without what gives access to it', async () => {
    const [well] = await subscribedDevices(1);
    const broken = service.subscribe();
    const { deviceId, registeredAt } = await devices.register('ada', broken.subscription);
    const subscription = { endpoint: broken.subscription.endpoint, keys: 'lost' };
    await dynamoDb.client.send(
      new PutCommand({
        TableName: devicesTable,
        Item: { deviceId, userId: 'ada', registeredAt, subscription },
      }),
    );
    const { lines, result } = await linesOf(() => deliver(aNotification()));
    expect(result).toEqual({ sent: 1, gone: 0, refused: 0 });
    expect(well?.messages).toHaveLength(1);
    expect(lines).toEqual([
      expect.objectContaining({ message: 'device left out', deviceId, level: 'ERROR' }),
    ]);
    expect(JSON.stringify(lines)).not.toContain(broken.subscription.endpoint);
  });
});

describe('the push services that are served', () => {
  test.each([
    'https://fcm.googleapis.com/fcm/send/abc',
    'https://updates.push.services.mozilla.com/wpush/v2/abc',
    'https://jmt17.google.com/fcm/send/abc',
    'https://web.push.apple.com/abc',
    'https://wns2-par02p.notify.windows.com/w/?token=abc',
  ])('take in %s', (endpoint) => {
    expect(isOfPushService(endpoint)).toBe(true);
  });

  test.each([
    'http://fcm.googleapis.com/x',
    'https://fcm.googleapis.com:8443/x',
    'https://fcm.googleapis.com@evil.example/x',
    'https://user@fcm.googleapis.com/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://evilpush.apple.com/x',
    'https://127.0.0.1/x',
    'https://169.254.169.254/latest/meta-data',
  ])('leave out %s', (endpoint) => {
    expect(isOfPushService(endpoint)).toBe(false);
  });
});

describe('a push subscription', () => {
  test.each([
    ['no address', { endpoint: 'not an address' }],
    ['an address of another kind', { endpoint: 'file:///etc/passwd' }],
    ['a key that is too short', { keys: { p256dh: 'AAAA', auth: 'AAAAAAAAAAAAAAAAAAAAAA' } }],
    [
      'a key that is no point of the curve',
      { keys: { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: 'AAAAAAAAAAAAAAAAAAAAAA' } },
    ],
  ])('with %s is refused', (_what, wrong) => {
    const right = service.subscribe().subscription;
    expect(PushSubscription.safeParse(right).success).toBe(true);
    expect(PushSubscription.safeParse({ ...right, ...wrong }).success).toBe(false);
  });
});
