import { createECDH, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { deviceIdOf } from '#lib/push/push-subscription.ts';
import { type Answer, caller, captureLogs, problemIn, startTestApi, type TestApi } from './api.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let put: (request?: TestRequest) => Promise<Answer>;
let remove: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  put = await caller('put-device');
  remove = await caller('delete-device');
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const subscription = (given: { endpoint?: string } = {}) => {
  const device = createECDH('prime256v1');
  device.generateKeys();
  return {
    endpoint: `https://fcm.googleapis.com/fcm/send/${randomBytes(8).toString('hex')}`,
    expirationTime: null,
    keys: { p256dh: device.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') },
    ...given,
  };
};
const register = (sub: string, body: { endpoint: string }, deviceId = deviceIdOf(body.endpoint)) =>
  put({ claims: { sub }, params: { deviceId }, body });

test('a device is registered, and registered again', async () => {
  const body = subscription();
  for (const given of [body, { ...body, expirationTime: 1_800_000_000_000 }]) {
    const answer = await register('ada', given);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ deviceId: deviceIdOf(body.endpoint), registeredAt: expect.any(String) });
  }
});

test('a device is removed by its user, once', async () => {
  const body = subscription();
  await register('ada', body);
  const params = { deviceId: deviceIdOf(body.endpoint) };
  expect((await remove({ claims: { sub: 'eve' }, params })).status).toBe(404);
  expect((await remove({ claims: { sub: 'ada' }, params })).status).toBe(204);
  expect((await remove({ claims: { sub: 'ada' }, params })).status).toBe(404);
});

test.each([
  ['an address inside', { endpoint: 'http://169.254.169.254/latest' }, ['#/endpoint']],
  ['an address with a password', { endpoint: 'https://a:b@fcm.googleapis.com/x' }, ['#/endpoint']],
  ['an address of no host', { endpoint: 'javascript:alert(1)' }, ['#/endpoint']],
  ['no address', { endpoint: '0' }, ['#/endpoint']],
  ['a far date', { expirationTime: 1e300 }, ['#/expirationTime']],
  ['another field', { userId: 'eve' }, ['#/userId']],
  [
    'short keys',
    { keys: { p256dh: 'AAAA', auth: 'AAAA', more: 1 } },
    ['#/keys/p256dh', '#/keys/auth', '#/keys/more'],
  ],
])('%s is refused', async (_, given, places) => {
  const answer = await register('ada', { ...subscription(), ...given });
  expect(answer.status).toBe(400);
  const pointers = new Set(problemIn(answer).errors?.map(({ pointer }) => pointer));
  expect(pointers).toEqual(new Set(places));
});

test('a device id that does not belong to the endpoint is refused', async () => {
  const answer = await register('ada', subscription(), deviceIdOf('https://example.com'));
  expect(problemIn(answer).errors?.[0]?.parameter).toBe('deviceId');
});

test('an endpoint, which lets anybody push to its device, is not logged', async () => {
  logs.lines.length = 0;
  await register('ada', subscription());
  await register('ada', subscription({ endpoint: 'https://example.com/secret-path' }));
  expect(logs.lines.length).toBeGreaterThan(0);
  expect(logs.lines.join()).not.toMatch(/fcm|secret-path/);
});

test('the key to subscribe with is a public one, open to everyone and cacheable', async () => {
  const getPushKey = await caller('get-push-key');
  const { body, headers } = await getPushKey();
  const { publicKey } = z.object({ publicKey: z.base64url() }).parse(body);
  expect(Buffer.from(publicKey, 'base64url')).toHaveLength(65);
  expect(headers['cache-control']).toBe('public, max-age=3600');
});

test.each([
  'https://fcm.googleapis.com/fcm/send/abc',
  'https://jmt17.google.com/fcm/send/abc',
  'https://updates.push.services.mozilla.com/wpush/v2/abc',
  'https://web.push.apple.com/abc',
  'https://wns2-par02p.notify.windows.com/w/?token=abc',
])('%s is the endpoint of a push service', async (endpoint) => {
  expect((await register('ada', subscription({ endpoint }))).status).toBe(200);
});

test.each([
  'https://google.com/fcm/send/abc',
  'https://mtalk.google.com/abc',
  'https://xjmt17.google.com/abc',
])('%s is not', async (endpoint) => {
  const answer = await register('ada', subscription({ endpoint }));
  expect(problemIn(answer).errors?.[0]?.pointer).toBe('#/endpoint');
});
