import { createServer } from 'node:http';
import { startPassThrough } from '../../src/engine-proxy/pass-through.ts';
import { closeServer, listenOnLoopback } from '../../src/loopback-server.ts';

test('the beginning of an answer is seen on its way, also when the connection breaks', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/breaks') request.socket.destroy();
    else response.writeHead(request.url === '/no' ? 400 : 200).end(`answer to ${request.url}`);
  });
  const port = await listenOnLoopback(server, 0);
  const seen: [string, number, string][] = [];
  const proxy = await startPassThrough({
    target: `http://127.0.0.1:${port}`,
    port: 0,
    needsBody: () => false,
    intercept: ({ path }, _forward, onAnswer) => {
      onAnswer((status, body) => seen.push([path, status, body.toString()]));
      return undefined;
    },
  });
  try {
    await (await fetch(`${proxy.endpoint}/yes`)).text();
    await (await fetch(`${proxy.endpoint}/no`)).text();
    await expect(fetch(`${proxy.endpoint}/breaks`)).rejects.toThrow();
    expect(seen).toEqual([
      ['/yes', 200, expect.stringContaining('answer to /yes')],
      ['/no', 400, expect.stringContaining('answer to /no')],
      ['/breaks', 0, ''],
    ]);
  } finally {
    await proxy.stop();
    await closeServer(server);
  }
});
