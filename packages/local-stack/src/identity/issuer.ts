import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createLocalJWKSet, type JWTVerifyGetKey, SignJWT } from 'jose';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import { loadSigningKey } from './keys.ts';

export interface TokenOptions {
  /** Seconds; negative for a token that has expired. Default 3,600, as Cognito's access tokens. */
  expiresIn?: number;
  /** `aud`. Default: absent, as in Cognito's access tokens, which carry `client_id`. */
  audience?: string;
  /** Default: the issuer's client. */
  clientId?: string;
  /** Names divided by spaces. Default `openid`. */
  scope?: string;
}

export interface Identity {
  /** `iss` of the tokens, and where the issuer listens. */
  issuer: string;
  /** `client_id` of the tokens: the audience that an authorizer must accept. */
  clientId: string;
  port: number;
  /** An access token for a user of that name, who need not exist; the name is the subject. */
  issueToken(user: string, options?: TokenOptions): Promise<string>;
  /** The issuer's public keys, for a verifier in the same process. */
  keys: JWTVerifyGetKey;
  close(): Promise<void>;
}

const maximumBodyBytes = 16 * 1024;
const defaultExpiresIn = 3600;

const userName = z.string().trim().min(1).max(128);
const tokenRequest = z.object({
  user: userName,
  expiresIn: z.coerce
    .number()
    .int()
    .min(-86_400)
    .max(30 * 86_400)
    .optional(),
  audience: z.string().min(1).optional(),
  scope: z.string().optional(),
});

/**
 * An OpenID issuer for one machine: anyone who reaches it gets a token for any user name, without a password.
 * It listens on 127.0.0.1 only and must never be trusted by anything that is not on the same machine.
 *
 * It serves `/.well-known/openid-configuration`, `/.well-known/jwks.json` and `POST /token` (a form or JSON
 * with `user`, and `expiresIn`, `audience` and `scope` as wanted). Tokens are shaped like Cognito's access
 * tokens and signed with RS256; the key is kept in `directory`.
 * @param options.issuer `iss` and the base of the addresses; default `http://127.0.0.1:<port>`
 * @param options.port 0 (the default) takes a free one
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export async function serveIdentity(options: {
  directory: string;
  clientId: string;
  port?: number;
  issuer?: string;
  clock?: Clock;
}): Promise<Identity> {
  const { directory, clientId, clock = systemClock } = options;
  const key = await loadSigningKey(directory);
  const keySet = { keys: [key.publicJwk] };

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request).catch((error: unknown) => ({
      status: 500,
      body: { error: 'server_error', error_description: String(error) },
    }));
    send(response, status, body);
  });
  const port = await listenOnLoopback(server, options.port ?? 0);
  const issuer = options.issuer ?? `http://127.0.0.1:${port}`;

  const issueToken: Identity['issueToken'] = (user, tokenOptions = {}) => {
    const { expiresIn = defaultExpiresIn, audience, scope = 'openid' } = tokenOptions;
    const subject = userName.parse(user);
    const now = Math.floor(clock.now() / 1000);
    const token = new SignJWT({
      client_id: tokenOptions.clientId ?? clientId,
      token_use: 'access',
      scope,
      username: subject,
      auth_time: now,
      origin_jti: randomUUID(),
      event_id: randomUUID(),
    })
      .setProtectedHeader({ alg: 'RS256', kid: key.kid })
      .setIssuer(issuer)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + expiresIn);
    if (audience !== undefined) token.setAudience(audience);
    return token.sign(key.privateKey);
  };

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const path = request.url?.split('?')[0];
    if (path === '/.well-known/jwks.json') return { status: 200, body: keySet };
    if (path === '/.well-known/openid-configuration') return { status: 200, body: discoveryOf(issuer) };
    if (path !== '/token') return { status: 404, body: { error: 'not_found' } };
    if (request.method !== 'POST') {
      return refusal(405, 'POST user=<name> to get a token');
    }
    const body = await readBody(request);
    if (body === undefined) return refusal(413, 'the body is too large');
    const parsed = tokenRequest.safeParse(parseBody(body));
    if (!parsed.success) return refusal(400, z.prettifyError(parsed.error));
    const { user, ...wanted } = parsed.data;
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    const access_token = await issueToken(user, given);
    const expires_in = parsed.data.expiresIn ?? defaultExpiresIn;
    return { status: 200, body: { access_token, token_type: 'Bearer', expires_in } };
  };

  return {
    issuer,
    clientId,
    port,
    issueToken,
    keys: createLocalJWKSet(keySet),
    close: () => closeServer(server),
  };
}

const discoveryOf = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  token_endpoint: `${issuer}/token`,
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['token'],
  subject_types_supported: ['public'],
});

const refusal = (status: number, error_description: string) => ({
  status,
  body: { error: 'invalid_request', error_description },
});

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maximumBodyBytes) chunks.push(chunk);
  }
  return bytes > maximumBodyBytes ? undefined : Buffer.concat(chunks).toString();
}

/** JSON when it looks like JSON, else a form. */
function parseBody(body: string): unknown {
  if (!body.trimStart().startsWith('{')) return Object.fromEntries(new URLSearchParams(body));
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // Refused as a request without a user.
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
