import type { IncomingMessage, ServerResponse } from 'node:http';
import { isForTheApi, passToApi } from './api/proxy.ts';
import { refuseChange, refuseProxied } from './guard.ts';
import { contentTypeOf, createPageFiles } from './page-files.ts';
import type { ConsoleParts } from './parts.ts';
import { type JsonAnswer, routeTable } from './route.ts';
import { consoleRoutes } from './routes.ts';

/** Nothing is loaded from, or sent to, anywhere but the stack. Charts and the explorer set styles of elements. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const files = createPageFiles();

/**
 * Answers what a browser asks: the page at `/` with its files under `/assets/`, its JSON routes under `/api/` (`routes.ts`),
 * its live events at `/events`, and the service's API for the explorer under `/proxy/`.
 * @returns whether the request was the page's; if not, nothing has been sent
 */
export const pageHandler = (
  parts: ConsoleParts,
  sendJson: (response: ServerResponse, answer: JsonAnswer) => void,
) => {
  const { token, hub } = parts.observations;
  const routeOf = routeTable(consoleRoutes(parts));

  const sendFile = async (response: ServerResponse, name: string) => {
    const file = await files(name);
    if (file === undefined) {
      sendJson(response, { status: 404, body: { message: `there is no ${name}` } });
      return;
    }
    const isDocument = name === 'index.html';
    const contents = isDocument ? Buffer.from(file).toString().replace('{{token}}', token) : file;
    response.writeHead(200, { ...PAGE_HEADERS, 'content-type': contentTypeOf(name) }).end(contents);
  };
  const answerJson = async (request: IncomingMessage, url: URL): Promise<JsonAnswer> => {
    const refused = request.method === 'GET' ? undefined : refuseChange(request, token);
    if (refused !== undefined) return { status: 403, body: { message: refused } };
    const route = routeOf(request, url);
    return route ? route() : { status: 404, body: { message: `there is no ${url.pathname}` } };
  };

  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    const { pathname } = url;
    if (pathname.startsWith('/api/')) {
      sendJson(response, await answerJson(request, url));
    } else if (isForTheApi(pathname)) {
      const refused = refuseProxied(request, token);
      if (refused === undefined) await passToApi(request, response, parts.apiUrl());
      else sendJson(response, { status: 403, body: { message: refused } });
    } else if (request.method === 'GET' && pathname === '/') {
      await sendFile(response, 'index.html');
    } else if (request.method === 'GET' && pathname.startsWith('/assets/')) {
      await sendFile(response, pathname.slice('/assets/'.length));
    } else if (request.method === 'GET' && pathname === '/events') {
      hub.serve(request, response, (url.searchParams.get('channels') ?? '').split(','));
    } else {
      return false;
    }
    return true;
  };
};
