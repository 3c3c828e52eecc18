import { once } from 'node:events';
import type { Server } from 'node:http';

/**
 * Makes a server listen on 127.0.0.1, which is all the local stack ever listens on.
 * @param port 0 takes a free one
 * @returns the port
 * @throws the listening error, `EADDRINUSE` when the port is taken
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

/** Stops a server and cuts its connections; resolves when the port is free. */
export async function closeServer(server: Server): Promise<void> {
  const closed = server.listening ? once(server.close(), 'close') : undefined;
  server.closeAllConnections();
  await closed;
}
