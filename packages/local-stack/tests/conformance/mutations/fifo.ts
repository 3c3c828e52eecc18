import { inFile, type Mutations } from './mutation.ts';

const queues = inFile('engines/fifo-queues.ts');
const delivery = inFile('engines/topic-delivery.ts');
const gather = inFile('event-source-mappings/queues/gather.ts');
const runner = inFile('event-source-mappings/queues/runner.ts');
const messages = inFile('event-source-mappings/queues/deliver.ts');
const concurrency = inFile('event-source-mappings/queues/concurrency.ts');
const response = inFile('event-source-mappings/batch-response.ts');
const parse = inFile('event-source-mappings/parse.ts');

const unsorted = queues('const messages = waiting.toSorted(bySequence);', 'const messages = waiting;');
/** SendMessage takes whatever comes. */
const sendsAnything = queues(
  "if (action !== 'DeleteMessageBatch') return register.call(this, action, handler);",
  "if (action === 'SendMessage') return register.call(this, action, () => ({}));\n    if (action !== 'DeleteMessageBatch') return register.call(this, action, handler);",
);
const anyIdAgain = queues('earlier(id) : undefined;', "earlier('') : undefined;");
/** Failed messages are released at once, and count as received again. */
const allDeleted = runner(
  'await remove(await deliverMessages(mapping, context, batch, visibilityTimeoutMs, concurrency));',
  'await deliverMessages(mapping, context, batch, visibilityTimeoutMs, concurrency);\n      await remove(batch);',
);

export const fifoMutations: Mutations = {
  'a batch holds messages of a group in order, and may hold several groups': gather(
    'Math.min(maximum, perReceive), waitSeconds',
    'Math.min(maximum, 2), waitSeconds',
  ),
  'one batch of a group is at the function at a time': runner(
    '      await remove(await deliver',
    '      await release(batch);\n      await remove(await deliver',
  ),
  'as many batches as there are groups are at the function at a time': concurrency(
    'Math.min(maximum ?? ceiling, ceiling)',
    'Math.min(maximum ?? 1, ceiling)',
  ),
  'MaximumConcurrency limits the groups at a time': concurrency(
    'Math.min(maximum ?? ceiling, ceiling)',
    'ceiling',
  ),
  'a group whose batch failed waits until its visibility timeout is over, and others go on': allDeleted,
  'a function that stops at the first failure of a group and reports the rest keeps the order': messages(
    'return batch.filter(({ event }) => !outcome.failed.has(event.messageId));',
    'return batch;',
  ),
  'a message that is not reported is deleted, though an earlier one of its group failed': messages(
    'return batch.filter(({ event }) => !outcome.failed.has(event.messageId));',
    'return [];',
  ),
  'a message that fails too often goes to the dead-letter queue, and its group goes on': response(
    "if (!list.success) return { kind: 'failure' };",
    "if (list.success) return { kind: 'success' };",
  ),
  'a throttled batch of a group is tried again before anything else of the group': messages(
    "      case 'throttled':\n",
    "      case 'throttled':\n        return batch;\n",
  ),
  'a batch of a FIFO queue holds at most 10 messages': parse('queue.BatchSize > 10', 'queue.BatchSize > 11'),
  'a FIFO queue has no batching window': parse(
    'queue.MaximumBatchingWindowInSeconds > 0',
    'queue.MaximumBatchingWindowInSeconds > 1',
  ),
  'the rest of a group that would take a batch over 6 MB waits until the batch is done': gather(
    'if (mapping.fifo) await release',
    'if (!mapping.fifo) await release',
  ),
  'a receive takes as many messages of one group as it can, in order': queues(
    'while (received.length < Math.min(maximum, MAX_RECEIVE)) {',
    'while (received.length < Math.min(maximum, 2)) {',
  ),
  'while a message of a group is in flight, no other of the group is received': queues(
    '      if (locked.has(group)) continue;\n',
    '      if (locked.size < 0) continue;\n',
  ),
  'messages whose visibility timeout is over come again in their order': unsorted,
  'a message that is made visible at once comes before what follows it': unsorted,
  'a message has its group, deduplication id and a growing sequence number': queues(
    'message.sequenceNumber = this.nextSequenceNumber();',
    "message.sequenceNumber = '1';",
  ),
  'what is sent again with a deduplication id within five minutes is accepted and not delivered': queues(
    'Object.assign(message, { messageId, sequenceNumber });',
    'Object.assign(message, { sequenceNumber });',
  ),
  'after five minutes a deduplication id is free again': queues('5 * 60 * 1000', '6 * 60 * 1000'),
  'ContentBasedDeduplication takes the body for the id': anyIdAgain,
  'DeduplicationScope messageGroup keeps the ids of groups apart': queues(
    "this.attributes.DeduplicationScope === 'messageGroup' ? groupOf(message) : ''",
    "''",
  ),
  'a message without a group is refused': sendsAnything,
  'a message without a deduplication id is refused': sendsAnything,
  'a message of a FIFO queue has no delay of its own': sendsAnything,
  'a receipt handle whose visibility timeout is over deletes nothing': queues(
    'if (this.isFifo() && isExpired(this, handle))',
    'if (!this.isFifo() && isExpired(this, handle))',
  ),
  'a dead-letter queue takes a message of a group, and the group goes on': queues(
    'message.approximateReceiveCount > maxReceiveCount',
    'message.approximateReceiveCount < maxReceiveCount',
  ),
  'a redrive brings the messages of a FIFO dead-letter queue back in order': queues(
    '[...queue.fifoMessages.values()].flat().toSorted(bySequence) : [',
    '[...queue.fifoMessages.values()].flat().toSorted(bySequence).toReversed() : [',
  ),
  'messages of a group that are over their retention are gone': queues(
    'for (const groups of [queue.fifoMessages, queue.fifoDelayed]) {',
    'for (const groups of [queue.fifoDelayed]) {',
  ),
  'a FIFO topic delivers to a FIFO queue in order, with group and deduplication id': delivery(
    'createMessage(text, attributes, undefined, groupId, id)',
    'createMessage(text, attributes, undefined, id, groupId)',
  ),
  'a batch keeps its order': delivery(
    'const results = await Promise.all(entries.map(result));',
    'const results = await Promise.all(entries.toReversed().map(result));',
  ),
  'a topic delivers a message once within five minutes': delivery(
    'if (isAgain) return numbered;',
    "if (isAgain && published.body === '') return numbered;",
  ),
  'FifoThroughputScope MessageGroup keeps the ids of groups apart': delivery(
    "attributes.FifoThroughputScope === 'MessageGroup' ? groupId : ''",
    "''",
  ),
  'a notification of a FIFO topic has a sequence number and no signature': delivery(
    '...(sequenceNumber === undefined && {',
    '...(sequenceNumber !== undefined && {',
  ),
  'a standard queue takes from a FIFO topic, too': delivery(
    'if (queue.isFifo()) queue.recordDeduplication',
    "if (!queue.isFifo() && groupId) throw new Error('standard');\n    if (queue.isFifo()) queue.recordDeduplication",
  ),
  'a FIFO topic refuses a message without a group or a deduplication id': delivery(
    "if (!published.deduplicationId && attributes.ContentBasedDeduplication !== 'true')",
    "if (!published.deduplicationId && attributes.ContentBasedDeduplication !== 'false')",
  ),
  'functions cannot be subscribed to a FIFO topic': delivery(
    "if (isFifo && Protocol !== undefined && Protocol !== 'sqs')",
    "if (isFifo && Protocol !== undefined && Protocol === 'sqs')",
  ),
  'a FIFO queue cannot be subscribed to a standard topic': delivery(
    "if (!isFifo && Endpoint.endsWith('.fifo'))",
    "if (isFifo && Endpoint.endsWith('.fifo'))",
  ),
};
