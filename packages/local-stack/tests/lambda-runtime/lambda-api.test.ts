import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { type LambdaApi, serveLambdaApi } from '../../src/lambda-runtime/index.ts';
import { defineFunction, startRuntime, stopRuntimes, type TestRuntime } from './runtime.ts';

let runtime: TestRuntime;
let api: LambdaApi;
let client: LambdaClient;
const accepted: unknown[][] = [];

beforeEach(async () => {
  runtime = startRuntime([
    defineFunction('echo'),
    defineFunction('fails'),
    defineFunction('logs'),
    defineFunction('context'),
    defineFunction('stopped', { reservedConcurrency: 0 }),
  ]);
  accepted.length = 0;
  const acceptEvent = (...event: unknown[]) => {
    accepted.push(event);
    return 'accepted-1';
  };
  api = await serveLambdaApi({ runtime: () => runtime, acceptEvent });
  client = new LambdaClient({
    endpoint: api.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await api.close();
  await stopRuntimes();
});

const invoke = async (input: InvokeCommandInput) => {
  const { Payload, StatusCode, FunctionError, LogResult } = await client.send(new InvokeCommand(input));
  const text = Buffer.from(Payload ?? []).toString();
  return { StatusCode, FunctionError, LogResult, payload: text === '' ? undefined : JSON.parse(text) };
};

describe("the SDK's LambdaClient", () => {
  test('gets the result of a function by name, ARN and qualifier', async () => {
    const Payload = JSON.stringify({ text: 'ä🙂' });
    for (const FunctionName of [
      'echo',
      'arn:aws:lambda:eu-west-1:000000000000:function:echo',
      '000000000000:function:echo',
      'echo:$LATEST',
    ]) {
      expect(await invoke({ FunctionName, Payload })).toMatchObject({
        StatusCode: 200,
        payload: { text: 'ä🙂' },
        FunctionError: undefined,
      });
    }
  });

  test('gets an empty event as {}', async () => {
    expect(await invoke({ FunctionName: 'echo' })).toMatchObject({ payload: {} });
  });

  test('sees an error of the function', async () => {
    expect(await invoke({ FunctionName: 'fails' })).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      payload: { errorType: 'RangeError', errorMessage: 'out of range', trace: expect.any(Array) },
    });
  });

  test('gets the tail of the log', async () => {
    const { LogResult } = await invoke({ FunctionName: 'logs', Payload: '{"name":"Ada"}', LogType: 'Tail' });
    expect(Buffer.from(LogResult ?? '', 'base64').toString()).toContain('hello Ada\ntwo\nlines');
  });

  test('passes a client context', async () => {
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    expect(await invoke({ FunctionName: 'context', ClientContext })).toMatchObject({
      payload: { clientContext: { custom: { a: 1 } } },
    });
  });

  test('is throttled with 429', async () => {
    await expect(invoke({ FunctionName: 'stopped' })).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
  });

  test.each([
    [{ FunctionName: 'unknown' }, 'ResourceNotFoundException', 404],
    [{ FunctionName: 'echo', Payload: '{' }, 'InvalidRequestContentException', 400],
    [{ FunctionName: 'echo', InvocationType: 'Later' as 'Event' }, 'InvalidParameterValueException', 400],
    [
      { FunctionName: 'echo', InvocationType: 'Event', Payload: `"${'x'.repeat(1_048_577)}"` },
      'RequestEntityTooLargeException',
      413,
    ],
  ] satisfies [InvokeCommandInput, string, number][])('%o is refused: %s', async (input, name, status) => {
    await expect(invoke(input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(runtime.environments()).toBe(0);
  });

  test('a dry run runs nothing', async () => {
    expect(await invoke({ FunctionName: 'fails', InvocationType: 'DryRun' })).toMatchObject({
      StatusCode: 204,
    });
    expect(runtime.environments()).toBe(0);
  });

  test('an asynchronous invocation is answered with 202 once its event is accepted', async () => {
    const input = { FunctionName: 'echo:$LATEST', Payload: '{"order":1}', InvocationType: 'Event' } as const;
    const { StatusCode, $metadata } = await client.send(new InvokeCommand(input));
    expect([StatusCode, $metadata.requestId]).toEqual([202, 'accepted-1']);
    expect(accepted).toEqual([['echo', { order: 1 }]]);
    expect(runtime.environments()).toBe(0);
  });
});

test.each(['/', '/2015-03-31/functions/%E0%A4%A/invocations', '/2015-03-31/functions/echo'])(
  'an address that is not Invoke is not found: %s',
  async (path) => {
    const response = await fetch(`${api.url}${path}`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
  },
);
