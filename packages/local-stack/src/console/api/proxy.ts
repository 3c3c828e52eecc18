import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { TOKEN_HEADER } from '../guard.ts';

const PREFIX = '/proxy';

/** What the page's browser says about the page, not about the request. */
const isOfThePage = (name: string): boolean =>
  [TOKEN_HEADER, 'host', 'origin', 'referer', 'cookie', 'connection'].includes(name) ||
  name.startsWith('sec-');

const forwarded = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfThePage(name)));

export const isForTheApi = (path: string): boolean => path.startsWith(`${PREFIX}/`);

/**
 * Passes a request under `/proxy` on to the HTTP API, so that the explorer works whatever the API's CORS settings are.
 * @throws when the API does not answer
 */
export const passToApi = async (
  request: IncomingMessage,
  response: ServerResponse,
  apiUrl: string,
): Promise<void> => {
  const { method, headers } = request;
  const target = send(new URL((request.url ?? '').slice(PREFIX.length), apiUrl), {
    ...(method !== undefined && { method }),
    headers: forwarded(headers),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    target.once('response', resolve).once('error', reject);
  });
  await pipeline(request, target);
  const answer = await answered;
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
};
