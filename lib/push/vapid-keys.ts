import { createECDH, hkdfSync } from 'node:crypto';

/** A key pair that identifies this service to push services, both halves base64url without padding. */
export interface VapidKeys {
  /** An uncompressed point, 65 bytes: what a browser takes as `applicationServerKey`. */
  publicKey: string;
  /** 32 bytes. */
  privateKey: string;
}

/** The order of the curve P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** 128 bits more than the order has, so that the remainder's bias is below 2^-128 (FIPS 186-5, A.2.1). */
const SEED_BYTES = 48;

/**
 * Derives the VAPID key pair from a secret, the same pair every time: nothing has to be generated or kept by hand
 * before the first deploy. Changing the secret makes every registered device unreachable until it subscribes anew.
 * @param secret at least 32 characters of high entropy
 * @see https://www.rfc-editor.org/rfc/rfc8292
 */
export const vapidKeysFrom = (secret: string): VapidKeys => {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'web push vapid key, version 1', SEED_BYTES));
  const scalar = (BigInt(`0x${seed.toString('hex')}`) % (ORDER - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(privateKey);
  return { publicKey: pair.getPublicKey('base64url'), privateKey: privateKey.toString('base64url') };
};
