import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export interface ConsoleRequest {
  /** The parts of the path that the route names, decoded. */
  parameters: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** The parsed JSON body, undefined without one: parse it with a zod schema. */
  body: unknown;
}

/** A JSON route of the page. Every method but GET is refused without the page's origin and token. */
export interface ConsoleRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with `/api/`; a part may be a name, as in `/api/queues/:queue/messages`. */
  path: `/api/${string}`;
  /** @returns the JSON of the answer. @throws {ConsoleError} to refuse; a zod error answers 400 */
  answer(request: ConsoleRequest): unknown;
}

/** An answer other than 200; the message is shown to the person in front of the page. */
export class ConsoleError extends Error {
  override name = 'ConsoleError';
  readonly status: number;
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface JsonAnswer {
  status: number;
  body: unknown;
}

const parsedBody = async (request: IncomingMessage): Promise<unknown> => {
  const body = await text(request);
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ConsoleError(400, 'the body is not JSON', { cause });
  }
};

const answerOfError = (error: unknown): JsonAnswer => {
  if (error instanceof ConsoleError) return { status: error.status, body: { message: error.message } };
  if (error instanceof z.ZodError) return { status: 400, body: { message: z.prettifyError(error) } };
  return { status: 500, body: { message: error instanceof Error ? error.message : String(error) } };
};

/** Finds the route of a request; undefined when no route has its method and path. */
export const routeTable = (routes: readonly ConsoleRoute[]) => {
  const patterns = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }));
  return (request: IncomingMessage, url: URL): (() => Promise<JsonAnswer>) | undefined => {
    for (const { route, pattern } of patterns) {
      const match = route.method === request.method ? pattern.exec({ pathname: url.pathname }) : null;
      if (match === null) continue;
      const parameters = Object.fromEntries(
        Object.entries(match.pathname.groups).map(([name, value = '']) => [name, decodeURIComponent(value)]),
      );
      return async () => {
        try {
          const body = await parsedBody(request);
          return { status: 200, body: await route.answer({ parameters, query: url.searchParams, body }) };
        } catch (error) {
          return answerOfError(error);
        }
      };
    }
    return undefined;
  };
};
