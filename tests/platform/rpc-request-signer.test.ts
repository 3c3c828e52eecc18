import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { rpcRequestSigner } from '#lib/platform/aws/rpc-request-signer.ts';

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
      const ours = rpcRequestSigner('dynamodb', async () => credentials);
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
        const actual = await ours.sign(requestWith(body), { signingDate, signingRegion: 'eu-central-1' });
        expect(actual.headers).toEqual(expected.headers);
      }
    }),
    { numRuns: 50 },
  );
});
