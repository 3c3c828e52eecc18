import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { readStateFile } from '../state-file.ts';

export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  /** As the key set shows it: public members only. */
  publicJwk: JWK;
}

const file = 'signing-key.json';
const storedKey = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});

/**
 * The RSA key of the issuer, made and stored at the first call, so that tokens stay good after a restart.
 * @throws {UserError} naming the file when it does not hold such a key
 */
export async function loadSigningKey(directory: string): Promise<SigningKey> {
  const location = path.join(directory, file);
  const jwk = readStateFile(location, storedKey) ?? (await createKey(location));
  const privateKey = await importJWK(jwk, 'RS256');
  if (privateKey instanceof Uint8Array) throw new Error(`${location} does not hold an RSA key`);
  const { kid, n, e } = jwk;
  return { kid, privateKey, publicJwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e } };
}

async function createKey(location: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = storedKey.parse({ ...(await exportJWK(privateKey)), kid: randomUUID() });
  await mkdir(path.dirname(location), { recursive: true });
  // Whole or not at all, and readable by the owner only.
  const unfinished = `${location}.new`;
  await writeFile(unfinished, JSON.stringify(jwk), { mode: 0o600 });
  await rename(unfinished, location);
  return jwk;
}
