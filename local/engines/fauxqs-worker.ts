import { Server } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { startFauxqs } from 'fauxqs';

// The engine listens on every interface and has no option against it. This thread serves nothing else, so here
// every server listens on the loopback interface.
const { listen } = Server.prototype;
Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [options, ...rest] = args;
  return Reflect.apply(listen, this, [
    typeof options === 'object' ? { ...options, host: '127.0.0.1' } : { port: options, host: '127.0.0.1' },
    ...rest,
  ]);
};

/** How many deliveries are remembered to tell what an invocation caused. */
const REMEMBERED = 5_000;

const { port, dataDirectory, region } = workerData;
const server = await startFauxqs({
  port,
  logger: false,
  defaultRegion: region,
  messageSpies: { bufferSize: REMEMBERED },
  ...(dataDirectory === undefined ? {} : { dataDir: dataDirectory }),
});
parentPort?.on('message', async (request: { id: number; ask: 'deliveries' | 'stop'; since?: number }) => {
  if (request.ask === 'stop') {
    await server.stop();
    parentPort?.postMessage({ id: request.id, answer: undefined });
    parentPort?.close();
    return;
  }
  const since = request.since ?? 0;
  parentPort?.postMessage({
    id: request.id,
    answer: server.spy
      .getAllMessages()
      .flatMap((message) =>
        message.service === 'sqs' && message.status === 'published' && message.timestamp >= since
          ? [{ queueName: message.queueName, body: message.body, timestamp: message.timestamp }]
          : [],
      ),
  });
});
parentPort?.postMessage({ port: server.port });
