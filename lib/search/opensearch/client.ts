import * as z from 'zod';
import { type SendSigned, signedRequests } from '#lib/platform/aws/signed-requests.ts';

export interface OpenSearchRequest {
  method: 'POST' | 'PUT';
  path: string;
  query?: Readonly<Record<string, string>>;
  body: object;
}

/** Sends a request to an OpenSearch domain and gives the JSON of its answer. @throws {OpenSearchError} */
export type OpenSearch = (request: OpenSearchRequest) => Promise<unknown>;

/** The domain refused a request, or failed. The reason is the engine's own name for it, never what was sent. */
export class OpenSearchError extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(`OpenSearch answered ${status}: ${reason}`);
    this.name = 'OpenSearchError';
    this.status = status;
  }
}

const ATTEMPTS = 3;
const Failure = z.object({ error: z.object({ type: z.string() }) });

/** Every request here may be sent twice: documents carry their version. */
const answerOf = async (send: () => ReturnType<SendSigned>, attempt = 1): Promise<Response> => {
  const again = () => answerOf(send, attempt + 1);
  const answer = await send().catch((error: unknown) => {
    if (attempt === ATTEMPTS) throw error;
    return again();
  });
  if (answer.status < 502 || answer.status > 504 || attempt >= ATTEMPTS) return answer;
  await answer.body?.cancel();
  return again();
};

/**
 * An OpenSearch domain. Requests are signed with the function's own credentials; the official client would be most of
 * the bundle, for three operations.
 * @param node for example `https://search-posts-abc.us-east-1.es.amazonaws.com`
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
 */
export const openSearchClient = (node: string, region: string): OpenSearch => {
  const send = signedRequests('es', region);
  const headers = { 'content-type': 'application/json' };
  return async ({ method, path, query = {}, body }) => {
    const url = new URL(path, node);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await answerOf(() => send({ method, url, headers, body: JSON.stringify(body) }));
    if (answer.ok) return answer.json();
    const failure = Failure.safeParse(await answer.json().catch(() => undefined));
    throw new OpenSearchError(answer.status, failure.data?.error.type ?? 'no reason given');
  };
};
