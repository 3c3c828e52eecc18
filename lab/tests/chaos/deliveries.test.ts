import { deliveries } from '../../chaos/proxy/deliveries.ts';
import { newJournal } from '../../chaos/proxy/journal.ts';
import type { Operation } from '../../chaos/proxy/operation.ts';

const QueueUrl = 'http://127.0.0.1/queues/Push';
const event = { eventId: '104', postId: 'post', version: 1, content: 'words' };
const MESSAGE = { MessageId: 'm-1', ReceiptHandle: 'handle-1', Body: JSON.stringify(event) };

const operation = (name: string, body: object): Operation => ({
  ...{ caller: 'event-source-mappings', service: 'sqs', name, engine: 'messaging' },
  call: { method: 'POST', path: '/', headers: {}, requestBody: Buffer.from(JSON.stringify(body)) },
});
const answering = (body: object) => async () => ({
  ...{ statusCode: 200, headers: {} },
  responseBody: Buffer.from(JSON.stringify(body)),
});

/** A proxy whose queue has handed out one message. */
const withOneReceived = async (visibilitySeconds: number) => {
  const journal = newJournal();
  const pollers = deliveries({ seed: 1, rates: () => ({}), journal, visibilitySeconds });
  const receive = operation('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
  await pollers.answerTo(receive, answering({ Messages: [MESSAGE] }));
  const remove = () => {
    const Entries = [{ Id: '0', ReceiptHandle: MESSAGE.ReceiptHandle }];
    const deletion = operation('DeleteMessageBatch', { QueueUrl, Entries });
    return pollers.answerTo(deletion, answering({ Successful: [{ Id: '0' }], Failed: [] }));
  };
  return { journal, pollers, remove };
};
const postponed = (VisibilityTimeout: number) =>
  operation('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: MESSAGE.ReceiptHandle, VisibilityTimeout });

describe('a deletion', () => {
  test('takes effect while its message is hidden', async () => {
    const { journal, remove } = await withOneReceived(40);
    await remove();
    expect(journal.handledMessages).toEqual(new Set(['Push m-1']));
    expect(journal.handled).toEqual(new Set(['Push 104']));
  });

  test('may have no effect when its message was postponed, and is visible again', async () => {
    const { journal, pollers, remove } = await withOneReceived(40);
    // Another attempt at the same message failed, and it is to come again at once.
    await pollers.postpone(postponed(0), answering({}));
    await remove();
    expect(journal.handledMessages).toEqual(new Set());
    expect(journal.perhapsHandled).toEqual(new Set(['Push 104']));
  });

  test('may have no effect when its message was received by a stack that was killed', async () => {
    const { journal, pollers, remove } = await withOneReceived(40);
    pollers.endHiding();
    await remove();
    expect(journal.handledMessages).toEqual(new Set());
    expect(journal.perhapsHandled).toEqual(new Set(['Push 104']));
  });
});
