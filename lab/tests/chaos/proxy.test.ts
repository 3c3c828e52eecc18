import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { Call } from '../../../packages/local-stack/src/engine-proxy/proxy.ts';
import {
  executePart,
  publishPart,
  sayFailed,
  saySomeFailed,
  sayUnprocessed,
  writePart,
} from '../../../packages/local-stack/src/faults/batches.ts';
import { closeServer, listenOnLoopback } from '../../../packages/local-stack/src/loopback-server.ts';
import { MIXES } from '../../chaos/mix.ts';
import { newJournal, noteNotifications } from '../../chaos/proxy/journal.ts';
import { operationOf } from '../../chaos/proxy/operation.ts';
import { startFaultProxy } from '../../chaos/proxy/proxy.ts';
import { share } from '../../chaos/seeded.ts';
import { storyOf } from '../../chaos/traffic/story.ts';

const callOf = (requestBody: string, more: Partial<Call> = {}): Call => ({
  ...{ method: 'POST', path: '/', headers: {}, requestBody: Buffer.from(requestBody) },
  ...more,
});
const answerOf = (body: string) => ({ statusCode: 200, headers: {}, responseBody: Buffer.from(body) });

describe('the proxy', () => {
  test('knows who calls what by path, header and body', () => {
    const target = { 'x-amz-target': 'DynamoDB_20120810.PutItem' };
    expect(operationOf(callOf('{}', { path: '/Create/dynamodb/', headers: target }))).toMatchObject({
      ...{ caller: 'Create', service: 'dynamodb', name: 'PutItem', engine: 'dynamoDb' },
      call: { path: '/' },
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(
      operationOf(callOf('Action=PublishBatch&TopicArn=t', { path: '/B/messaging/', headers: form })),
    ).toMatchObject({ service: 'sns', name: 'PublishBatch' });
    expect(operationOf(callOf('', { method: 'PUT', path: '/B/messaging/bucket/key?x=1' }))).toMatchObject({
      ...{ service: 's3', name: 'PutObject' },
      call: { path: '/bucket/key?x=1' },
    });
    expect(() => operationOf(callOf('', { path: '/' }))).toThrow('names no caller');
  });

  test('publishes a part of a batch and says of the rest that it failed', () => {
    const form = new URLSearchParams({ Action: 'PublishBatch', TopicArn: 'topic' });
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      form.append(`PublishBatchRequestEntries.member.${index + 1}.Id`, id);
      form.append(`PublishBatchRequestEntries.member.${index + 1}.Message`, `message ${id}`);
    }
    const { call, failedIds } = publishPart(callOf(form.toString()), (index) => index === 1);
    expect(failedIds).toEqual(['b']);
    expect(Object.fromEntries(new URLSearchParams(call?.requestBody.toString()))).toEqual({
      ...{ Action: 'PublishBatch', TopicArn: 'topic' },
      ...{ 'PublishBatchRequestEntries.member.1.Id': 'a' },
      ...{ 'PublishBatchRequestEntries.member.1.Message': 'message a' },
      ...{ 'PublishBatchRequestEntries.member.2.Id': 'c' },
      ...{ 'PublishBatchRequestEntries.member.2.Message': 'message c' },
    });
    const member = (id: string) => `<member><Id>${id}</Id><MessageId>1</MessageId></member>`;
    const answered = answerOf(`<Successful>${member('a')}${member('b')}</Successful><Failed></Failed>`);
    const said = sayFailed(answered, ['b']).responseBody.toString();
    expect(said).toContain(`<Successful>${member('a')}</Successful><Failed><member><Id>b</Id>`);
    expect(sayFailed(undefined, ['a']).responseBody.toString()).toContain('<Failed><member><Id>a</Id>');
  });

  test('writes a part of a batch and hands the rest back', () => {
    const requests = [1, 2, 3].map((id) => ({ PutRequest: { Item: { id: { N: `${id}` } } } }));
    const call = callOf(JSON.stringify({ RequestItems: { words: requests } }));
    const { call: part, unprocessed } = writePart(call, () => true);
    expect(JSON.parse(part.requestBody.toString())).toEqual({ RequestItems: { words: [requests[0]] } });
    const said = sayUnprocessed(answerOf('{"UnprocessedItems":{}}'), unprocessed);
    expect(JSON.parse(said.responseBody.toString())).toEqual({
      UnprocessedItems: { words: requests.slice(1) },
    });
  });

  test('executes a part of some statements and says in their places that the others failed', () => {
    const Statements = ['a', 'b', 'c', 'd'].map((Statement) => ({ Statement }));
    const { call, failed } = executePart(callOf(JSON.stringify({ Statements })), (index) => index % 2 === 0);
    expect(JSON.parse(call.requestBody.toString())).toEqual({
      Statements: [Statements[0], Statements[1], Statements[3]],
    });
    const answered = answerOf(
      JSON.stringify({ Responses: ['a', 'b', 'd'].map((TableName) => ({ TableName })) }),
    );
    expect(JSON.parse(saySomeFailed(answered, failed).responseBody.toString()).Responses).toEqual([
      { TableName: 'a' },
      { TableName: 'b' },
      { Error: { Code: 'ThrottlingError', Message: 'failed on purpose' } },
      { TableName: 'd' },
    ]);
  });

  test('notes every notification that was written, by itself or with others', () => {
    const journal = newJournal();
    const note = (name: string, request: object, answer: object) =>
      noteNotifications(journal, name, callOf(JSON.stringify(request)), answerOf(JSON.stringify(answer)));
    const notificationId = { S: 'n-1' };
    note('PutItem', { Item: { notificationId } }, {});
    note('PutItem', { Item: { postId: { S: 'p' } } }, {});
    const insert = (S: string) => ({
      Statement: `INSERT INTO "notifications" VALUE {'userId': ?, 'notificationId': ?}`,
      Parameters: [{ S: 'ada' }, { S }],
    });
    note(
      'BatchExecuteStatement',
      { Statements: [insert('n-2'), insert('n-1')] },
      { Responses: [{ TableName: 'notifications' }, { Error: { Code: 'DuplicateItem' } }] },
    );
    expect(journal.notificationWrites).toEqual(['n-1', 'n-2']);
  });
});

describe('a kill of the stack', () => {
  test('ends its calls that were under way, and lets those of the next one wait for it', async () => {
    const reached: (string | undefined)[] = [];
    const engine = createServer((incoming, outgoing) => {
      reached.push(incoming.url);
      outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(engine, 0)}`;
    const proxy = await startFaultProxy({
      seed: 1,
      mix: MIXES.calm,
      maxTimeoutSeconds: 1,
      visibilitySeconds: 1,
    });
    const call = (path: string) => {
      const headers = { 'x-amz-target': 'DynamoDB_20120810.GetItem' };
      const outward = request(`${proxy.endpoint}/Search/dynamodb/${path}`, { method: 'POST', headers });
      const ended = new Promise<number | undefined>((resolve) => {
        outward.once('response', (answer) => resolve(answer.resume().statusCode));
        outward.once('error', () => resolve(undefined));
      });
      outward.end('{}');
      return { ended, outward };
    };
    try {
      const killed = call('killed');
      await once(killed.outward, 'finish');
      killed.outward.destroy();
      expect(await killed.ended).toBeUndefined();
      const next = call('next');
      await once(next.outward, 'finish');
      // The proxy hears of the lost connection within a few turns; a stack takes seconds to start again.
      for (let turn = 0; turn < 100; turn += 1) await setImmediate();
      proxy.leadTo({
        ...{ apiUrl: url, issuer: url, lambdaUrl: url, eventBridgeUrl: url, consoleUrl: url },
        endpoints: { dynamoDb: url, messaging: url },
      });
      expect(await next.ended).toBe(200);
      expect(reached).toEqual(['/next']);
    } finally {
      await proxy.stop();
      await closeServer(engine);
    }
  });
});

describe('a seed', () => {
  const options = { seed: 11, authors: 20, throughApi: 0.5 };

  test('tells the same stories again, and another seed others', () => {
    const stories = (seed: number) =>
      Array.from({ length: 50 }, (_, number) => storyOf({ ...options, seed }, number));
    expect(stories(11)).toEqual(stories(11));
    expect(stories(11)).not.toEqual(stories(12));
  });

  test('decides alike, evenly over what it decides about', () => {
    const decided = Array.from({ length: 2_000 }, (_, number) => share(11, 'lost', number));
    expect(share(11, 'lost', 0)).toBe(decided[0]);
    expect(decided.filter((at) => at < 0.1).length / decided.length).toBeCloseTo(0.1, 1);
  });
});
