import { PublishCommand } from '@aws-sdk/client-sns';
import { type Example, startExample } from './example.ts';

let example: Example;
beforeAll(async () => {
  example = await startExample('sns-to-lambda');
}, 120_000);
afterAll(() => example.end());

const order = (body: Record<string, unknown>) => example.post('/orders', body);

test('filter policies of both scopes decide which function is invoked', async () => {
  await order({ id: 1, status: 'paid', total: 120, customer: 'Ada' });
  await order({ id: 2, status: 'open', total: 20, customer: 'Alan' });
  await order({ id: 3, status: 'open', total: 300, customer: 'Grace' });
  await example.stack.untilQuiet(20_000);
  const printed = example.stack.output();
  expect(printed).toContain('invoice for order 1 to Ada');
  expect(printed).toContain('order 1 is worth 120');
  expect(printed).toContain('order 3 is worth 300');
  expect(printed).not.toMatch(/order 2|invoice for order 3/);
});

test('a topic that the framework makes for a name invokes its function', async () => {
  const TopicArn = example.stack.refOf('SNSTopicGreetings');
  await example.sns.send(new PublishCommand({ TopicArn, Message: 'world' }));
  await example.printed('hello world');
});

test('an event that waits for its retry survives a kill, and ends at the on-failure destination', async () => {
  await order({ id: 4, status: 'paid', total: 5 });
  await example.printed('order 4 has no customer');
  await example.killAndStart();
  await example.command('/functions/InvoiceLambdaFunction/skip-waits');
  const [message] = await example.receive('Failed');
  const record = JSON.parse(message?.Body ?? '');
  expect(record).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: { Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification' } }] },
    responsePayload: { errorType: 'Error', errorMessage: 'order 4 has no customer' },
  });
  // The road of the event after the restart: its first try was the one before the kill.
  const traces = `${example.stack.running.consoleUrl}/api/traces`;
  const road = await (await fetch(`${traces}/${record.requestContext.requestId}`)).json();
  expect(Object(road).steps).toMatchObject([
    { title: 'in the queue of the function', place: 'InvoiceLambdaFunction' },
    { kind: 'invocation', state: 'bad', note: expect.stringContaining('order 4 has no customer') },
    { kind: 'wait', title: 'waits for its retry' },
    { kind: 'invocation', state: 'bad' },
    { kind: 'end', title: 'given up', note: 'RetriesExhausted, told Failed', state: 'bad' },
  ]);
  // The topic handed the message over: what the function does with it is no failed delivery.
  expect(await example.receive('Undelivered')).toEqual([]);
}, 60_000);
