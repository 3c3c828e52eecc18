import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import { printable } from '../printable.ts';
import { consoleCommands } from './commands.ts';
import { refuseStrangers } from './guard.ts';
import { pageHandler } from './page.ts';
import type { ConsoleParts } from './parts.ts';
import { programRoutes } from './program-routes.ts';
import type { JsonAnswer } from './route.ts';

/** What people, by a browser, and other processes on this machine can ask a running stack. */
export interface Console {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves on 127.0.0.1 what a browser asks (`page.ts`) and what programs ask (`program-routes.ts`).
 * @throws the listening error
 */
export const serveConsole = async (parts: ConsoleParts, wantedPort: number): Promise<Console> => {
  const { redact } = parts.observations;
  const answerProgram = programRoutes(parts, consoleCommands(parts));

  const sendJson = (response: ServerResponse, { status, body }: JsonAnswer) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' })
      .end(printable(redact(JSON.stringify(body ?? null))));

  const handlePage = pageHandler(parts, sendJson);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refuseStrangers(request);
    if (refusal !== undefined) return void sendJson(response, { status: 403, body: { message: refusal } });
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (await handlePage(request, response, url)) return;
    sendJson(response, await answerProgram(request, url));
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
