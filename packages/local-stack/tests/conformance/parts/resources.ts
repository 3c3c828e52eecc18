import assert from 'node:assert/strict';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { generateSecret, secretStore } from '../../../src/provisioning/secret-store.ts';
import { serveSecretsManager } from '../../../src/secrets-manager.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { region, withMessaging } from '../support/messaging.ts';

const tables = inArea('Tables');
const buckets = inArea('Buckets');
const secretRows = inArea('Secrets');
const provisioning = (name: string) => ({ file: 'provisioning/provisioning.test.ts', name });
const engines = (name: string) => ({ file: 'event-source-mappings/engines.test.ts', name });

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const generated = { PasswordLength: 32, ExcludeCharacters: '', ExcludePunctuation: false };

async function withSecrets(act: (client: SecretsManagerClient, arn: string) => Promise<void>): Promise<void> {
  const arn = `arn:aws:secretsmanager:${region}:000000000000:secret:stack-Keys`;
  const store = secretStore(undefined);
  store.get(arn, () => '{"key":"value"}');
  const { endpoint, close } = await serveSecretsManager(store);
  const client = new SecretsManagerClient({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    await act(client, arn);
  } finally {
    client.destroy();
    await close();
  }
}

export const resources: readonly Behaviour[] = [
  tables(
    'a change of a table reaches the function in the shape that Lambda delivers',
    pages.dynamodb,
    engines('a change reaches the function in the shape Lambda delivers'),
  ),
  tables(
    'a deployment over a table that is there changes neither names nor data',
    pages.templateTable,
    provisioning('changes nothing, neither names nor data'),
  ),
  tables.decided('AWS would replace the table; here its data would be lost with it')(
    'a table whose keys, indexes or stream change is refused',
    pages.templateTable,
    provisioning('a table that got %s is refused, with what to do'),
  ),
  buckets('an object is read as it was put', pages.getObject, () =>
    withMessaging(async ({ endpoint }) => {
      const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      try {
        await s3.send(new CreateBucketCommand({ Bucket: 'failures' }));
        await s3.send(new PutObjectCommand({ Bucket: 'failures', Key: 'a/b.json', Body: '{"é":1}' }));
        const { Body, ContentLength } = await s3.send(
          new GetObjectCommand({ Bucket: 'failures', Key: 'a/b.json' }),
        );
        assert.equal(await Body?.transformToString(), '{"é":1}');
        assert.equal(ContentLength, 8);
        await assert.rejects(
          s3.send(new GetObjectCommand({ Bucket: 'failures', Key: 'none' })),
          /NoSuchKey|key/,
        );
      } finally {
        s3.destroy();
      }
    }),
  ),
  buckets(
    'a bucket has a name of at most 63 characters',
    pages.bucketNames,
    provisioning(
      'a bucket whose name would be over 63 characters gets a shorter one, the same on every start',
    ),
  ),
  buckets(
    'given-up records are put into a bucket with their payload',
    pages.dynamodbErrors,
    engines('a poison record of 100 is parked in the bucket with its payload, and the other 99 succeed'),
  ),
  secretRows(
    'a generated secret has the length asked for, without the characters excluded',
    pages.generateSecret,
    () => {
      const secret = generateSecret({
        ...generated,
        PasswordLength: 200,
        ExcludeCharacters: 'abc',
        ExcludePunctuation: true,
      });
      assert.match(secret, /^[A-Zd-z0-9]{200}$/);
      assert.notEqual(secret, generateSecret({ ...generated, PasswordLength: 200 }));
    },
  ),
  secretRows('a generated password stands under its key in the template', pages.generateSecret, () => {
    const secret = JSON.parse(
      generateSecret({ ...generated, SecretStringTemplate: '{"user":"u"}', GenerateStringKey: 'password' }),
    );
    assert.deepEqual(Object.keys(secret), ['user', 'password']);
    assert.equal(secret.password.length, 32);
  }),
  secretRows('GetSecretValue finds a secret by its ARN and by its name', pages.getSecretValue, () =>
    withSecrets(async (client, arn) => {
      for (const SecretId of [arn, 'stack-Keys']) {
        const { ARN, SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
        assert.deepEqual([ARN, SecretString], [arn, '{"key":"value"}']);
      }
    }),
  ),
  secretRows('a secret that is not there is a ResourceNotFoundException', pages.getSecretValue, () =>
    withSecrets(async (client) => {
      await assert.rejects(client.send(new GetSecretValueCommand({ SecretId: 'none' })), {
        name: 'ResourceNotFoundException',
      });
    }),
  ),
  secretRows(
    'a dynamic reference is resolved to the secret, or to one of its keys',
    pages.dynamicReferences,
    provisioning('give one of their keys'),
  ),
];
