import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The header in which the page sends back the token that its HTML carries. */
export const TOKEN_HEADER = 'x-console-token';

/** A token that only a page served by this start knows. */
export const createConsoleToken = (): string => randomBytes(24).toString('base64url');

const isSame = (given: unknown, expected: string): boolean => {
  if (typeof given !== 'string') return false;
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const hostsOf = ({ socket }: IncomingMessage): string[] =>
  ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);

/**
 * Why a request is refused before anything looks at it, undefined when it is not: the name in `Host` must be this
 * machine's (a page elsewhere could let its own name resolve to 127.0.0.1), and no page of another origin may ask,
 * other than by a link that is followed.
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export const refuseStrangers = (request: IncomingMessage): string | undefined => {
  const { host, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers;
  if (host === undefined || !hostsOf(request).includes(host))
    return 'the Host header does not name this machine';
  const isLink = mode === 'navigate' && request.method === 'GET';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink)
    return 'requests from pages of another origin are refused';
  return undefined;
};

/** Why a request to the service's API is refused: only the page has its token. */
export const refuseProxied = (request: IncomingMessage, token: string): string | undefined =>
  isSame(request.headers[TOKEN_HEADER], token) ? undefined : 'only the console page may call the API here';

/** Why a request of the page that changes something is refused: it needs the page's own origin and its token. */
export const refuseChange = (request: IncomingMessage, token: string): string | undefined => {
  const { host, origin } = request.headers;
  if (origin !== `http://${host}`) return 'only the console page may make changes';
  if (!isSame(request.headers[TOKEN_HEADER], token))
    return 'the stack has restarted since this page was loaded: reload the page';
  return undefined;
};
