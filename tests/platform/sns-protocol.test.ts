import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { PublishBatchCommand, type PublishBatchCommandInput, SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { PublishBatchProtocol } from '#lib/platform/aws/sns-protocol.ts';
import { closeServer, listenOnLoopback } from '#local/loopback-server.ts';
import { localCredentials } from '#tests/support/tables.ts';

let server: Server;
let forms: string[] = [];
let answer = { status: 200, body: '' };
let ours: SNSClient;
let theirs: SNSClient;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    forms.push(await text(request));
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
  });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
  const common = { credentials: localCredentials, region: 'us-east-1', endpoint, maxAttempts: 1 };
  theirs = new SNSClient(common);
  ours = new SNSClient({ ...common, protocol: PublishBatchProtocol });
});
beforeEach(() => {
  forms = [];
});
afterAll(async () => {
  ours.destroy();
  theirs.destroy();
  await closeServer(server);
});

const XMLNS = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';
const answerOf = (result: string) =>
  `<?xml version="1.0"?>\n<PublishBatchResponse ${XMLNS}>\n  <PublishBatchResult>\n    ${result}\n  </PublishBatchResult>\n  <ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata>\n</PublishBatchResponse>`;
const taken = (id: string) => `<member><MessageId>message-${id}</MessageId><Id>${id}</Id></member>`;
const refused = (id: string) =>
  `<member><Code>InvalidParameter</Code><Message>a &lt;bad&gt; one</Message><SenderFault>true</SenderFault><Id>${id}</Id></member>`;

/** What both clients make of the same batch, an error included. */
const both = async (input: PublishBatchCommandInput): Promise<unknown[]> => {
  const of = (client: SNSClient) =>
    client.send(new PublishBatchCommand(input)).then(
      ({ Successful, Failed }) => ({ Successful: Successful ?? [], Failed: Failed ?? [] }),
      (error: unknown) => ({ error: `${error}` }),
    );
  return [await of(ours), await of(theirs)];
};

const input = (ids: readonly string[] = ['0', '1']): PublishBatchCommandInput => ({
  TopicArn: 'arn:aws:sns:us-east-1:000000000000:post-events',
  PublishBatchRequestEntries: ids.map((Id) => ({
    Id,
    Message: `message ${Id}`,
    MessageAttributes: { change: { DataType: 'String', StringValue: 'published' } },
  })),
});

const anyText = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.isWellFormed());
const entry = fc.record(
  {
    Id: fc.stringMatching(/^[\w-]{1,80}$/),
    Message: anyText,
    MessageAttributes: fc.dictionary(
      fc.stringMatching(/^[\w.-]{1,20}$/).filter((name) => name !== '__proto__'),
      fc.record({ DataType: fc.constant('String'), StringValue: anyText }),
      { maxKeys: 4 },
    ),
    // Fields for which the short way is none.
    Subject: anyText,
    MessageGroupId: anyText,
  },
  { requiredKeys: ['Id', 'Message'] },
);

test("a batch is written as the SDK's own protocol writes it, byte for byte", async () => {
  answer = { status: 200, body: answerOf('<Successful/><Failed/>') };
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 10 }), async (entries) => {
      forms = [];
      await both({ TopicArn: 'arn:aws:sns:us-east-1:0:t', PublishBatchRequestEntries: entries });
      expect(forms).toEqual([expect.stringContaining('PublishBatchRequestEntries'), forms[0]]);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['takes all', `<Successful>${taken('0')}${taken('1')}</Successful><Failed/>`],
  ['takes all and says nothing of failures', `<Successful>${taken('0')}${taken('1')}</Successful>`],
  ['refuses all', `<Successful/><Failed>${refused('0')}${refused('1')}</Failed>`],
  ['refuses some', `<Successful>${taken('0')}</Successful><Failed>${refused('1')}</Failed>`],
  ['mentions none', '<Successful/><Failed/>'],
  [
    'says more of a message than is known',
    `<Successful><member><Id>0</Id><MessageId>m</MessageId><SequenceNumber>7</SequenceNumber></member></Successful><Failed/>`,
  ],
])("an answer that %s is read as the SDK's own protocol reads it", async (_what, result) => {
  answer = { status: 200, body: answerOf(result) };
  const [own, theirOwn] = await both(input());
  expect(own).toEqual(theirOwn);
  expect(own).toHaveProperty('Successful');
});

test('an error keeps its name and its words', async () => {
  answer = {
    status: 403,
    body: `<ErrorResponse ${XMLNS}><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not you</Message></Error></ErrorResponse>`,
  };
  const [own, theirOwn] = await both(input());
  expect(own).toEqual(theirOwn);
  expect(own).toEqual({ error: expect.stringContaining('not you') });
});
