import { createDecipheriv, createECDH, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { closeServer, listenOnLoopback } from '../../packages/local-stack/src/loopback-server.ts';

/** A message that the push service took for a device. */
export interface Taken {
  deviceId: string;
  notificationId: string;
  kind: string;
  /** Unix milliseconds. */
  at: number;
  /** The sender was never told. */
  answerLost: boolean;
}

/** What a push service does with a request. */
export type PushBehaviour = 'take' | 'busy' | 'hang up' | 'take and lose the answer';

/** A device that belongs to an author. */
export interface Device {
  userId: string;
  deviceId: string;
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
}

/** A push service that the run owns (RFC 8030): it decrypts what it takes, as the device would. */
export interface PushEndpoint {
  subscribe(userId: string): Device;
  taken: readonly Taken[];
  stop(): Promise<void>;
}

const Payload = z.object({ kind: z.string(), notificationId: z.string() });

/** RFC 8291, section 3.4, and RFC 8188, section 2, for a message of one record. */
const decrypt = (
  body: Buffer,
  secret: Buffer,
  publicKey: Buffer,
  auth: Buffer,
  senderKey: Buffer,
): unknown => {
  const salt = body.subarray(0, 16);
  const record = body.subarray(21 + senderKey.length);
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, senderKey]);
  const input = Buffer.from(hkdfSync('sha256', secret, auth, keyInfo, 32));
  const derive = (what: string, length: number) =>
    Buffer.from(hkdfSync('sha256', input, salt, `Content-Encoding: ${what}\0`, length));
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString('utf8'));
};

/** @param behave decides about each request */
export const startPushEndpoint = async (behave: () => PushBehaviour): Promise<PushEndpoint> => {
  const devices = new Map<string, { deviceId: string; read: (body: Buffer) => unknown }>();
  const taken: Taken[] = [];
  const server = createServer(async (request, response) => {
    const device = devices.get(request.url ?? '');
    const body = await buffer(request).catch(() => undefined);
    if (!device || !body) return response.writeHead(404).end();
    const behaviour = behave();
    if (behaviour === 'busy') return response.writeHead(503, { 'retry-after': '1' }).end();
    if (behaviour === 'hang up') return response.destroy();
    const { kind, notificationId } = Payload.parse(device.read(body));
    const answerLost = behaviour === 'take and lose the answer';
    taken.push({ deviceId: device.deviceId, notificationId, kind, at: Date.now(), answerLost });
    return answerLost ? response.destroy() : response.writeHead(201).end();
  });
  server.keepAliveTimeout = 60_000;
  const port = await listenOnLoopback(server, 0);
  return {
    taken,
    subscribe(userId) {
      const path = `/push/${randomBytes(16).toString('base64url')}`;
      const endpoint = `http://127.0.0.1:${port}${path}`;
      const keys = createECDH('prime256v1');
      const publicKey = keys.generateKeys();
      const auth = randomBytes(16);
      const deviceId = createHash('sha256').update(endpoint).digest('base64url');
      const read = (body: Buffer) => {
        const senderKey = body.subarray(21, 21 + body.readUInt8(20));
        return decrypt(body, keys.computeSecret(senderKey), publicKey, auth, senderKey);
      };
      devices.set(path, { deviceId, read });
      return {
        userId,
        deviceId,
        subscription: {
          endpoint,
          keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
        },
      };
    },
    stop: () => closeServer(server),
  };
};
