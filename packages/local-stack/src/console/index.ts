import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import { printable } from '../printable.ts';
import { isForTheApi, passToApi } from './api/proxy.ts';
import { consoleCommands } from './commands.ts';
import { refuseChange, refuseProxied, refuseStrangers } from './guard.ts';
import { contentTypeOf, createPageFiles } from './page-files.ts';
import type { ConsoleParts } from './parts.ts';
import { programRoutes } from './program-routes.ts';
import { type JsonAnswer, routeTable } from './route.ts';
import { consoleRoutes } from './routes.ts';

/** What people, by a browser, and other processes on this machine can ask a running stack. */
export interface Console {
  url: string;
  close(): Promise<void>;
}

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
 * Serves on 127.0.0.1: the page at `/` with its files under `/assets/`, its JSON routes under `/api/` (`routes.ts`), its
 * live events at `/events`, the service's API for the explorer under `/proxy/`, and what programs ask (`program-routes.ts`).
 * @throws the listening error
 */
export const serveConsole = async (parts: ConsoleParts, wantedPort: number): Promise<Console> => {
  const { token, redact, hub } = parts.observations;
  const routeOf = routeTable(consoleRoutes(parts));
  const answerProgram = programRoutes(parts, consoleCommands(parts));

  const sendJson = (response: ServerResponse, { status, body }: JsonAnswer) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' })
      .end(printable(redact(JSON.stringify(body ?? null))));

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

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refuseStrangers(request);
    if (refusal !== undefined) return void sendJson(response, { status: 403, body: { message: refusal } });
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname.startsWith('/api/')) {
      const refusedChange = request.method === 'GET' ? undefined : refuseChange(request, token);
      if (refusedChange !== undefined)
        return void sendJson(response, { status: 403, body: { message: refusedChange } });
      const route = routeOf(request, url);
      return void sendJson(
        response,
        route ? await route() : { status: 404, body: { message: `there is no ${url.pathname}` } },
      );
    }
    if (isForTheApi(url.pathname)) {
      const refused = refuseProxied(request, token);
      if (refused === undefined) return passToApi(request, response, parts.apiUrl());
      return void sendJson(response, { status: 403, body: { message: refused } });
    }
    if (request.method === 'GET') {
      if (url.pathname === '/') return sendFile(response, 'index.html');
      if (url.pathname.startsWith('/assets/'))
        return sendFile(response, url.pathname.slice('/assets/'.length));
      if (url.pathname === '/events')
        return hub.serve(request, response, (url.searchParams.get('channels') ?? '').split(','));
    }
    return void sendJson(response, await answerProgram(request, url));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, { status: 500, body: { message: String(error) } });
    });
  });
  const port = await listenOnLoopback(server, wantedPort);
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};
