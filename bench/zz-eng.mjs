import { execSync, spawn } from 'node:child_process';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { startDynoxide } from '/work/main/local/engines/dynoxide.ts';

for (const file of ['/tmp/eng/x.sqlite', '/dev/shm/x.sqlite']) {
  const e = await startDynoxide({ databaseFile: file });
  const c = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: e.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await c.send(
    new CreateTableCommand({
      TableName: 'ttt',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  const port = new URL(e.endpoint).port;
  const pid = execSync(`pgrep -f 'dynoxide serve.*--port ${port}' -n`).toString().trim();
  const tr = spawn('strace', ['-f', '-c', '-p', pid, '-o', '/tmp/eng/st.txt'], { stdio: 'ignore' });
  await new Promise((r) => setTimeout(r, 700));
  let t = performance.now();
  const l = [];
  for (let i = 0; i < 200; i++) {
    const a = performance.now();
    await c.send(
      new PutItemCommand({ TableName: 'ttt', Item: { pk: { S: 'a' + i }, sk: { S: 'b' }, v: { N: '1' } } }),
    );
    l.push(performance.now() - a);
  }
  l.sort((a, b) => a - b);
  console.log(file, '200 puts', performance.now() - t, 'median', l[100]);
  tr.kill('SIGINT');
  await new Promise((r) => tr.on('exit', r));
  console.log(execSync('head -12 /tmp/eng/st.txt').toString());
  l.length = 0;
  for (let i = 0; i < 200; i++) {
    const a = performance.now();
    await c.send(
      new PutItemCommand({ TableName: 'ttt', Item: { pk: { S: 'c' + i }, sk: { S: 'b' }, v: { N: '1' } } }),
    );
    l.push(performance.now() - a);
  }
  l.sort((a, b) => a - b);
  console.log('untraced median', l[100], l[20]);
  t = performance.now();
  for (let i = 0; i < 100; i++)
    await c.send(
      new BatchWriteItemCommand({
        RequestItems: {
          ttt: Array.from({ length: 25 }, (_, k) => ({
            PutRequest: {
              Item: {
                pk: { S: 'stem#abcde#' + k },
                sk: { S: '2026#' + i },
                postId: { S: '01M7XVHRPKBAF1831W537MFHF1' },
                userId: { S: 'u' },
                type: { S: 'text' },
                words: { L: [{ S: 'abcdef' }] },
                generation: { S: '1' },
              },
            },
          })),
        },
      }),
    );
  console.log('100 batches of 25', performance.now() - t);
  await e.stop();
  execSync('rm -f ' + file + '*');
}
