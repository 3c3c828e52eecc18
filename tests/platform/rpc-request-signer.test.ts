import { createServer } from 'node:http';
import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { rpcRequestSigner } from '#lib/platform/aws/rpc-request-signer.ts';

import { createSnsClient } from '#lib/platform/aws/sns.ts';
import { closeServer, listenOnLoopback } from '#local/loopback-server.ts';

const requestWith = (body: string) =>
  new HttpRequest({
    method: 'POST',
    protocol: 'https:',
    hostname: 'dynamodb.eu-central-1.amazonaws.com',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': `${Buffer.byteLength(body)}`,
      host: 'dynamodb.eu-central-1.amazonaws.com',
      'user-agent': 'any',
      'x-amz-target': 'DynamoDB_20120810.PutItem',
      'amz-sdk-request': 'attempt=1; max=3',
    },
    body,
  });

test("signs as the SDK's own signer does what has to be signed, on any day and with any credentials", async () => {
  const signed = fc.record({
    body: fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed()),
    days: fc.array(
      fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      {
        minLength: 1,
      },
    ),
    sessionToken: fc.option(fc.stringMatching(/^\w{1,20}$/), { nil: undefined }),
    secretAccessKey: fc.stringMatching(/^[\w/+]{1,40}$/),
  });
  await fc.assert(
    fc.asyncProperty(signed, async ({ body, days, sessionToken, secretAccessKey }) => {
      const credentials = {
        accessKeyId: 'AKIAEXAMPLE',
        secretAccessKey,
        ...(sessionToken && { sessionToken }),
      };
      const ours = rpcRequestSigner(
        'dynamodb',
        async () => 'eu-central-1',
        async () => credentials,
      );
      const theirs = new SignatureV4({
        service: 'dynamodb',
        region: 'eu-central-1',
        credentials,
        sha256: Sha256,
        applyChecksum: false,
      });
      for (const signingDate of days) {
        const expected = await theirs.sign(requestWith(body), {
          signingDate,
          unsignableHeaders: new Set(['content-length', 'amz-sdk-request']),
        });
        const actual = await ours.sign(requestWith(body), { signingDate });
        expect(actual.headers).toEqual(expected.headers);
      }
    }),
    { numRuns: 50 },
  );
});

test('the clients of the functions sign for their own region and service', async () => {
  const signed: string[] = [];
  const service = createServer((incoming, outgoing) => {
    signed.push(/Credential=(.*?),/.exec(incoming.headers.authorization ?? '')?.[1] ?? 'unsigned');
    outgoing.writeHead(400).end();
  });
  const { env } = process;
  process.env = {
    ...env,
    ...{ AWS_ENDPOINT_URL: `http://127.0.0.1:${await listenOnLoopback(service, 0)}` },
    ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
  };
  const documents = createDocumentClient();
  const sns = createSnsClient();
  try {
    const get = () => documents.send(new GetCommand({ TableName: 'posts', Key: { postId: '1' } }));
    // The first goes the SDK's own way, the second the short one.
    await expect(get()).rejects.toThrow();
    await expect(get()).rejects.toThrow();
    const entries = [{ Id: '1', Message: 'hello' }];
    const batch = { TopicArn: 'arn:aws:sns:eu-central-1:1:topic', PublishBatchRequestEntries: entries };
    await expect(sns.send(new PublishBatchCommand(batch))).rejects.toThrow();
    const scopes = signed.map((credential) => credential.split('/').toSpliced(1, 1).join('/'));
    const dynamoDb = 'AKIAEXAMPLE/eu-central-1/dynamodb/aws4_request';
    expect(scopes).toEqual([dynamoDb, dynamoDb, 'AKIAEXAMPLE/eu-central-1/sns/aws4_request']);
  } finally {
    process.env = env;
    documents.destroy();
    sns.destroy();
    await closeServer(service);
  }
});
