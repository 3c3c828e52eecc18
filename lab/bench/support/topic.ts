import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { listenOnLoopback } from '../../../packages/local-stack/src/loopback-server.ts';

/** An SNS topic in a thread of its own that takes everything, after a while. */
export interface SlowTopic {
  endpoint: string;
  /** Calls since the last time it was asked. */
  callsSince(): Promise<number>;
  stop(): Promise<void>;
}

const Options = z.object({ topicMilliseconds: z.number() });

const ids = /Entries\.member\.\d+\.Id=([^&]*)/g;

/** @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const answerTo = (form: string): string => {
  if (!form.startsWith('Action=PublishBatch') && !form.includes('&Action=PublishBatch')) {
    return '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>';
  }
  const taken = [...form.matchAll(ids)]
    .map(([, id]) => `<member><Id>${id}</Id><MessageId>message-${id}</MessageId></member>`)
    .join('');
  return `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful>${taken}</Successful><Failed/></PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>`;
};

const serve = async (milliseconds: number): Promise<void> => {
  let calls = 0;
  const server = createServer(async (request, response) => {
    const arrived = performance.now();
    let form = '';
    for await (const chunk of request.setEncoding('utf8')) form += chunk;
    calls += 1;
    const answer = answerTo(form);
    const left = milliseconds - (performance.now() - arrived);
    setTimeout(() => response.writeHead(200, { 'content-type': 'text/xml' }).end(answer), left);
  });
  const port = await listenOnLoopback(server, 0);
  parentPort?.on('message', () => {
    parentPort?.postMessage(calls);
    calls = 0;
  });
  parentPort?.postMessage(port);
};

/** Starts a topic on 127.0.0.1 that answers each call after some milliseconds, however many there are. */
export const startSlowTopic = async (milliseconds: number): Promise<SlowTopic> => {
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { topicMilliseconds: milliseconds },
  });
  const [port] = await once(worker, 'message');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    callsSince: async () => {
      worker.postMessage('calls');
      const [calls] = await once(worker, 'message');
      return z.number().parse(calls);
    },
    stop: async () => {
      await worker.terminate();
    },
  };
};

const options = Options.safeParse(workerData);
if (options.success) await serve(options.data.topicMilliseconds);
