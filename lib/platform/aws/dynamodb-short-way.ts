import { recursionDetectionMiddleware } from '@aws-sdk/core/client';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { HttpRequest } from '@smithy/core/protocols';
import { plainBodyOf } from './dynamodb-plain-input.ts';

type Command = Parameters<DynamoDBDocumentClient['send']>[0];
type Input = Command['input'];

/** Sends a body to where the first command of its kind went. */
type ShortWay = (input: Input, body: string) => Promise<unknown>;

/** Of the first request, what the next one must not have: its length, its signature, its trace, its attempts. */
const OF_ONE_REQUEST =
  /^(content-length|authorization|x-amz-(date|content-sha256|security-token)|x-amzn-trace-id|amz-sdk-.+)$/i;

const headersOfAll = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_REQUEST.test(name)));

/**
 * A document client with a short way for what it does again and again. The first command of each kind goes the SDK's
 * own way, and shows the endpoint, the headers, and what comes after them: retries, signing, connections and the
 * reading of answers, errors included. Later ones of the kind are written by us and go on from there, through the same
 * code of the SDK. They are spared the composition of the middleware, the rules of the endpoint, and two walks over
 * schema and input, two thirds of a call's CPU. What is not plain input still goes the long way.
 */
export const withShortWay = (client: DynamoDBDocumentClient): DynamoDBDocumentClient => {
  const shortWays = new Map<unknown, ShortWay>();

  const learnFrom = (command: Command): void =>
    command.middlewareStack.add(
      (next, context) => async (args) => {
        const { request } = args;
        if (HttpRequest.isInstance(request)) {
          const headers = headersOfAll(request.headers);
          const goOn = recursionDetectionMiddleware()(next, context);
          shortWays.set(command.constructor, async (nextInput, body) => {
            const again = new HttpRequest({ ...request, headers: { ...headers }, body });
            again.headers['content-length'] = `${Buffer.byteLength(body)}`;
            const { output } = await goOn({ input: nextInput, request: again });
            return output;
          });
        }
        return next(args);
      },
      // Behind everything that adds to the request, before all that is done with it.
      { step: 'build', priority: 'low', name: 'shortWay', override: true },
    );

  const send = (command: Command, ...options: unknown[]): unknown => {
    const shortWay = shortWays.get(command.constructor);
    if (options.length === 0 && shortWay) {
      const body = plainBodyOf(command.input);
      if (body !== undefined) return shortWay(command.input, body);
    } else if (!shortWay) learnFrom(command);
    return Reflect.apply(client.send, client, [command, ...options]);
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'send' ? send : Reflect.get(target, name, target)),
  });
};
