import { Server } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { startFauxqs } from 'fauxqs';
import { type MoveRequest, moveMessages } from '../queues/engine-messages.ts';
import type { MessageEvent } from '../trace/messages.ts';
import { createRing } from '../trace/ring.ts';
import { type EngineQueues, engineModules } from './engine-modules.ts';
import { addMessageMoveTasks } from './message-move-tasks.ts';
import { watchObjects } from './object-events.ts';
import { correctQueues } from './queue-corrections.ts';
import { type AcceptEvent, type RefusedSubscription, replaceTopicDelivery } from './topic-delivery.ts';

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

// The engine's own message spy does not watch queues that it took up again from its data, so each queue is
// watched where messages enter it. The module is not exported: a version that moves it fails right here.
const { SqsQueue } = await import(new URL('./sqs/sqsStore.js', import.meta.resolve('fauxqs')).href);
const messageEvents = createRing<MessageEvent>({
  maximumItems: 20_000,
  maximumSize: 24 * 1024 * 1024,
  sizeOf: (event) => 200 + ('body' in event ? event.body.length : 0),
});
const note = messageEvents.push;
const deliveries: { to: string; body: string; timestamp: number }[] = [];
const noteDelivery = (to: string, body: string) => {
  deliveries.push({ to, body, timestamp: Date.now() });
  if (deliveries.length > 2 * REMEMBERED) deliveries.splice(0, REMEMBERED);
};
const { enqueue } = SqsQueue.prototype;
SqsQueue.prototype.enqueue = function (this: { name: string }, message: { body: string; messageId: string }) {
  const { body, messageId } = message;
  note({ kind: 'arrived', queueName: this.name, messageId, body, at: Date.now() });
  noteDelivery(this.name, body);
  return Reflect.apply(enqueue, this, [message]);
};

// A stop does not wait for the last long polls.
const waitedFor = new Set<{ cancelWaiters(): void }>();
const { waitForMessages } = SqsQueue.prototype;
SqsQueue.prototype.waitForMessages = function (this: { cancelWaiters(): void }, seconds: number) {
  waitedFor.add(this);
  return Reflect.apply(waitForMessages, this, [seconds]);
};

// Making a kept message visible at once fails in the engine: it sets the receive count of its row to null, which the
// table forbids, after it has removed the message from the queue. The message would be lost until the next start.
const { PersistenceManager } = await import(new URL('./persistence.js', import.meta.resolve('fauxqs')).href);
PersistenceManager.prototype.updateMessageReady = function (
  this: { db: { prepare(sql: string): { run(id: string): void } } },
  messageId: string,
) {
  this.db
    .prepare('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?')
    .run(messageId);
};

const { port, dataDirectory, region, afterCrash, unordered } = workerData;

const modules = await engineModules();
correctQueues(modules, { unordered: unordered ? Math : undefined, tell: note });
addMessageMoveTasks(modules, note);
await watchObjects((object) => parentPort?.postMessage({ object }));
const accepting = new Map<number, PromiseWithResolvers<string>>();
let events = 0;
/** The functions run in another thread. */
const acceptEvent: AcceptEvent = (functionArn, event) => {
  noteDelivery(functionArn.split(':')[6] ?? '', event.Records[0].Sns.Message);
  const accepted = Promise.withResolvers<string>();
  events += 1;
  accepting.set(events, accepted);
  parentPort?.postMessage({ event: { number: events, functionArn, payload: event } });
  return accepted.promise;
};
const topics = replaceTopicDelivery(
  modules,
  (metric) => parentPort?.postMessage({ metric }),
  acceptEvent,
  note,
);

let queues: EngineQueues | undefined;
const { register } = modules.SqsRouter.prototype;
modules.SqsRouter.prototype.register = function (action, handler) {
  queues = this.store;
  register.call(this, action, handler);
};

const { load } = PersistenceManager.prototype;
PersistenceManager.prototype.load = function (
  this: { db: { exec(sql: string): void } },
  ...stores: unknown[]
) {
  // Waiting for the disk at every message guards against a machine that loses its power, and is most of what a
  // message costs. What a process wrote that is then killed, the system keeps without it.
  this.db.exec('PRAGMA synchronous = OFF');
  // Whoever had received messages died with the stack: nobody works on them, so nobody has to wait until their
  // visibility timeout, minutes long, is over.
  if (afterCrash) this.db.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL');
  return Reflect.apply(load, this, stores);
};

const server = await startFauxqs({
  port,
  logger: false,
  defaultRegion: region,
  ...(dataDirectory === undefined ? {} : { dataDir: dataDirectory }),
});
const answers = {
  deliveries: ({ since = 0 }: Request) => deliveries.filter(({ timestamp }) => timestamp >= since),
  endLongPolls: () => {
    for (const queue of waitedFor) queue.cancelWaiters();
  },
  refuseDeliveries: ({ refused = [] }: Request) => topics.refuseDeliveries(refused),
  messageEvents: ({ latest = 0 }: Request) => messageEvents.items().slice(-latest),
  move: ({ move }: Request) => (move ? moveMessages(move, queues?.allQueues() ?? [], note) : 0),
  stop: () => server.stop(),
};
/** The result of sending an event to a function: its request id, or why it was refused. */
interface Accepted {
  event: number;
  requestId?: string;
  error?: string;
}
interface Request {
  id: number;
  ask: keyof typeof answers;
  since?: number;
  latest?: number;
  refused?: RefusedSubscription[];
  move?: MoveRequest;
}
parentPort?.on('message', async (request: Request | Accepted) => {
  if ('event' in request) {
    const { event, requestId, error = 'not taken' } = request;
    const accepted = accepting.get(event);
    accepting.delete(event);
    if (requestId === undefined) accepted?.reject(new Error(error));
    else accepted?.resolve(requestId);
    return;
  }
  parentPort?.postMessage({ id: request.id, answer: await answers[request.ask](request) });
  if (request.ask === 'stop') parentPort?.close();
});
parentPort?.postMessage({ port: server.port });
