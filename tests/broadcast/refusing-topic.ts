import { createServer } from 'node:http';
import { closeServer, listenOnLoopback } from '#local/loopback-server.ts';

/** What the topic answers for one message: taken, refused with a code, or not mentioned at all. */
export type Verdict = 'taken' | 'unmentioned' | { code: string; senderFault: boolean };

/** An SNS that refuses messages as it is told to, which the embedded engine never does. */
export interface RefusingTopic {
  endpoint: string;
  /** Decides on each message by its body; all are taken until it is set. */
  judge: (body: string) => Verdict;
  /** When set, every call fails as a whole with this status. */
  failWith: number | undefined;
  /** The bodies that were taken. */
  taken: string[];
  stop(): Promise<void>;
}

const member = (fields: Readonly<Record<string, string>>): string =>
  `<member>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</member>`;

/** @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export const startRefusingTopic = async (): Promise<RefusingTopic> => {
  const entryAt = (form: URLSearchParams, index: number) => {
    const prefix = `PublishBatchRequestEntries.member.${index}`;
    return { id: form.get(`${prefix}.Id`) ?? '', body: form.get(`${prefix}.Message`) };
  };

  const answer = (form: URLSearchParams): string => {
    let successful = '';
    let failed = '';
    for (let index = 1; entryAt(form, index).body !== null; index += 1) {
      const { id, body } = entryAt(form, index);
      const verdict = topic.judge(body ?? '');
      if (verdict === 'taken') {
        topic.taken.push(body ?? '');
        successful += member({ Id: id, MessageId: `message-${id}` });
      } else if (verdict !== 'unmentioned') {
        const { code, senderFault } = verdict;
        failed += member({ Id: id, Code: code, Message: 'in words', SenderFault: `${senderFault}` });
      }
    }
    return `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful>${successful}</Successful><Failed>${failed}</Failed></PublishBatchResult><ResponseMetadata><RequestId>request</RequestId></ResponseMetadata></PublishBatchResponse>`;
  };

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    if (topic.failWith !== undefined) {
      response.writeHead(topic.failWith, { 'content-type': 'text/xml' }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/xml' }).end(answer(new URLSearchParams(body)));
  });
  const port = await listenOnLoopback(server, 0);
  const topic: RefusingTopic = {
    endpoint: `http://127.0.0.1:${port}`,
    judge: () => 'taken',
    failWith: undefined,
    taken: [],
    stop: () => closeServer(server),
  };
  return topic;
};
