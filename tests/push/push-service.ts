import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { importJWK, jwtVerify } from 'jose';
import type { PushSubscription } from '#lib/push/push-subscription.ts';

/** A message as a device reads it. */
export interface ReceivedMessage {
  payload: unknown;
  headers: IncomingHttpHeaders;
}

/** A device that subscribed, with what reached it. */
export interface SubscribedDevice {
  subscription: PushSubscription;
  messages: ReceivedMessage[];
  /** How often the service was asked to deliver to it. */
  requests(): number;
  /** Statuses the service answers with from now on, one a request; afterwards it takes messages again. */
  answersWith(...answers: { status: number; headers?: Record<string, string> }[]): void;
}

/** A push service of RFC 8030 on 127.0.0.1 that checks what it gets and decrypts it as the device would. */
export interface PushService {
  origin: string;
  subscribe(): SubscribedDevice;
  stop(): Promise<void>;
}

/** @param vapid what senders have to prove to be; RFC 8292 */
export const startPushService = async (vapid: {
  publicKey: string;
  subject: string;
}): Promise<PushService> => {
  const devices = new Map<string, ReturnType<typeof newDevice>>();
  const server = createServer(async (request, response) => {
    const device = devices.get(request.url ?? '');
    const body = await buffer(request);
    if (!device) return response.writeHead(404).end();
    device.count();
    const forced = device.nextAnswer();
    if (forced) return response.writeHead(forced.status, forced.headers).end('no');
    try {
      await checkSender(request.headers, vapid, origin);
      checkMessage(request.headers, body);
      device.messages.push({ payload: device.decrypt(body), headers: request.headers });
      return response
        .writeHead(201, { location: `${origin}/message/${randomBytes(8).toString('hex')}` })
        .end();
    } catch (error) {
      return response.writeHead(400).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port was given');
  const origin = `http://127.0.0.1:${address.port}`;

  return {
    origin,
    subscribe() {
      const path = `/push/${randomBytes(16).toString('base64url')}`;
      const device = newDevice(`${origin}${path}`);
      devices.set(path, device);
      return device;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const newDevice = (endpoint: string) => {
  const keys = createECDH('prime256v1');
  const publicKey = keys.generateKeys();
  const auth = randomBytes(16);
  const answers: { status: number; headers?: Record<string, string> }[] = [];
  let requests = 0;
  const device: SubscribedDevice = {
    subscription: {
      endpoint,
      expirationTime: null,
      keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
    },
    messages: [],
    requests: () => requests,
    answersWith: (...more) => {
      answers.push(...more);
    },
  };
  return {
    ...device,
    count: () => {
      requests += 1;
    },
    nextAnswer: () => answers.shift(),
    /** RFC 8291, section 3.4, and RFC 8188, section 2, for a message of one record. */
    decrypt(body: Buffer): unknown {
      const salt = body.subarray(0, 16);
      const keyIdLength = body.readUInt8(20);
      const senderKey = body.subarray(21, 21 + keyIdLength);
      const record = body.subarray(21 + keyIdLength);

      const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, senderKey]);
      const input = hkdfSync('sha256', keys.computeSecret(senderKey), auth, keyInfo, 32);
      const key = hkdfSync('sha256', Buffer.from(input), salt, 'Content-Encoding: aes128gcm\0', 16);
      const nonce = hkdfSync('sha256', Buffer.from(input), salt, 'Content-Encoding: nonce\0', 12);
      const decipher = createDecipheriv('aes-128-gcm', Buffer.from(key), Buffer.from(nonce));
      decipher.setAuthTag(record.subarray(-16));
      const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
      const delimiter = padded.lastIndexOf(2);
      return JSON.parse(padded.subarray(0, delimiter).toString('utf8'));
    },
  };
};

/** RFC 8292: a signed token for this service, from whoever the device was told about when it subscribed. */
const checkSender = async (
  { authorization = '' }: IncomingHttpHeaders,
  { publicKey, subject }: { publicKey: string; subject: string },
  audience: string,
): Promise<void> => {
  const [, token = '', key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
  if (key !== publicKey) throw new Error('not the sender this device subscribed to');
  const point = Buffer.from(publicKey, 'base64url');
  const verifier = await importJWK(
    {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
    'ES256',
  );
  await jwtVerify(token, verifier, { audience, subject, algorithms: ['ES256'] });
};

/** RFC 8030, sections 5.2 to 5.4 and 7.2. */
const checkMessage = (headers: IncomingHttpHeaders, body: Buffer): void => {
  if (!/^\d+$/.test(`${headers.ttl}`)) throw new Error('TTL is missing');
  if (headers.topic !== undefined && !/^[\w-]{1,32}$/.test(`${headers.topic}`)) throw new Error('bad Topic');
  if (headers['content-encoding'] !== 'aes128gcm') throw new Error('not aes128gcm');
  if (body.length > 4_096) throw new Error('too long');
};
