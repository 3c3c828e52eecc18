import type { IncomingMessage } from 'node:http';

/** A client's request, read as far as API Gateway needs it before its body. */
export interface ApiRequest {
  method: string;
  /** As sent. */
  encodedPath: string;
  /** Percent-decoded. */
  path: string;
  rawQueryString: string;
  query: Record<string, string>;
  /** Lower-cased names; values of repeated headers joined by a comma; without cookies. */
  headers: Record<string, string>;
  cookies: string[];
  protocol: string;
  sourceIp: string;
  /** Bytes of the request line and the header values, which API Gateway limits together. */
  headBytes: number;
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
]);

/**
 * Reads the head of a request.
 * @returns undefined for a target whose path is not one or is not percent-encoded UTF-8: a 400
 */
export function readRequest(request: IncomingMessage): ApiRequest | undefined {
  const { method = 'GET', url = '/' } = request;
  const target = /^(?:https?:\/\/[^/?#]*)?(\/[^?#]*)?(?:\?([^#]*))?/i.exec(url);
  const encodedPath = target?.[1] ?? (target?.[0] === '' ? undefined : '/');
  if (encodedPath === undefined) return undefined;
  const path = decode(encodedPath);
  if (path === undefined) return undefined;
  const rawQueryString = target?.[2] ?? '';
  const { headers, cookies, valueBytes } = readHeaders(request.rawHeaders);
  return {
    method,
    encodedPath,
    path,
    rawQueryString,
    query: readQuery(rawQueryString),
    headers,
    cookies,
    protocol: `HTTP/${request.httpVersion}`,
    sourceIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1',
    headBytes: method.length + url.length + `HTTP/${request.httpVersion}`.length + 2 + valueBytes,
  };
}

/** Undefined when the text is not percent-encoded UTF-8. */
function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readHeaders(rawHeaders: readonly string[]) {
  const values = new Map<string, string>();
  const cookies: string[] = [];
  let valueBytes = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    // Node gives header bytes as Latin-1; clients that send others send UTF-8.
    const value = utf8(rawHeaders[index + 1] ?? '');
    valueBytes += value.length;
    if (name === 'cookie') cookies.push(...value.split(/;\s*/).filter((cookie) => cookie !== ''));
    else if (!hopByHop.has(name)) {
      const earlier = values.get(name);
      values.set(name, earlier === undefined ? value : `${earlier},${value}`);
    }
  }
  return { headers: Object.fromEntries(values), cookies, valueBytes };
}

const utf8 = (latin1: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is meant
  /^[\x00-\x7f]*$/.test(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString();

/** Values of repeated parameters are joined by a comma; what cannot be decoded stays as it is. */
function readQuery(rawQueryString: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const pair of rawQueryString.split('&')) {
    if (pair === '') continue;
    const [name = '', value = ''] = splitOnce(pair, '=').map((text) => {
      const spaced = text.replaceAll('+', ' ');
      return decode(spaced) ?? spaced;
    });
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return Object.fromEntries(values);
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The whole body; undefined when it has more than `limit` bytes, and then the rest is read and dropped so that
 * the client gets to read the answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes > limit ? undefined : Buffer.concat(chunks);
}
