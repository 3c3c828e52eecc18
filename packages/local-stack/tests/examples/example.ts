import { cpSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SNSClient } from '@aws-sdk/client-sns';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type LaunchedStack, type LaunchOptions, launchStack } from '../../src/launch.ts';
import { until } from '../running/support/processes.ts';

const root = resolve(import.meta.dirname, '../../../..');

/** A service of examples/, running. */
export interface Example {
  directory: string;
  stack: LaunchedStack;
  sns: SNSClient;
  sqs: SQSClient;
  post(path: string, body: unknown): Promise<Response>;
  /** Runs a command of the console. @throws when it is refused */
  command(path: string): Promise<unknown>;
  /** What stands in a queue, by its logical id. */
  receive(logicalId: string): Promise<Message[]>;
  /** Waits until the stack has printed it. */
  printed(text: string | RegExp, times?: number): Promise<void>;
  /** Ends it as a crash would, and starts it again on its data. */
  killAndStart(): Promise<void>;
  end(): Promise<void>;
}

/** Starts a service of examples/ from its serverless.yml, in a copy that finds the packages of this repository. */
export const startExample = async (name: string, options: Partial<LaunchOptions> = {}): Promise<Example> => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `example-${name}-`)));
  cpSync(resolve(import.meta.dirname, '../../examples', name), directory, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
  const launch = () =>
    launchStack(
      {
        serviceDirectory: directory,
        dataDirectory: join(directory, 'data'),
        ...options,
        commandOptions: { quiet: false, ...options.commandOptions },
      },
      AbortSignal.timeout(100_000),
    );
  let stack = await launch();
  const clientsOf = () => {
    const common = {
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint: stack.running.endpoints.messaging,
    };
    return { sns: new SNSClient(common), sqs: new SQSClient(common) };
  };
  let clients = clientsOf();
  const destroyClients = () => {
    clients.sns.destroy();
    clients.sqs.destroy();
  };
  return {
    directory,
    get stack() {
      return stack;
    },
    get sns() {
      return clients.sns;
    },
    get sqs() {
      return clients.sqs;
    },
    post: (path, body) =>
      fetch(`${stack.running.apiUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    command: async (path) => {
      const answer = await fetch(`${stack.running.consoleUrl}${path}`, { method: 'POST' });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },
    receive: async (logicalId) => {
      const { Messages = [] } = await clients.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: stack.refOf(logicalId),
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages;
    },
    printed: (text, times = 1) => until(`it prints ${text}`, () => stack.output().split(text).length > times),
    killAndStart: async () => {
      await stack.kill();
      destroyClients();
      stack = await launch();
      clients = clientsOf();
    },
    end: async () => {
      destroyClients();
      await stack.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
