import { once } from 'node:events';
import type { Server } from 'node:http';

/**
 * Makes a server listen on 127.0.0.1, which is all the local stack ever listens on.
 * @param port 0 takes a free one
 * @returns the port
 * @throws the listening error, `EADDRINUSE` when the port is in use
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

const IDLE_LOOK_MILLISECONDS = 20;

/**
 * Stops a server: it takes no new connections, answers the requests that are under way, and cuts what is left.
 * @param graceMilliseconds how long requests may go on
 * @returns when the port is free
 */
export async function closeServer(server: Server, graceMilliseconds = 0): Promise<void> {
  const closed = server.listening ? once(server.close(), 'close') : undefined;
  // A connection that is kept alive becomes idle only when its request is answered.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MILLISECONDS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  if (graceMilliseconds === 0) server.closeAllConnections();
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
