import { publishPart, sayFailed, sayUnprocessed, writePart } from '#chaos/border/batches.ts';
import { operationOf } from '#chaos/border/operation.ts';
import { share } from '#chaos/seeded.ts';
import { storyOf } from '#chaos/traffic/story.ts';
import type { Call } from '#local/engine-proxy/proxy.ts';

const callOf = (requestBody: string, more: Partial<Call> = {}): Call => ({
  ...{ method: 'POST', path: '/', headers: {}, requestBody: Buffer.from(requestBody) },
  ...more,
});
const answerOf = (body: string) => ({ statusCode: 200, headers: {}, responseBody: Buffer.from(body) });

describe('the border', () => {
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
    expect(() => operationOf(callOf('', { path: '/' }))).toThrow('nobody');
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
