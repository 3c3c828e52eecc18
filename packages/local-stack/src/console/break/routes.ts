import { z } from 'zod';
import { Fault } from '../../faults/fault.ts';
import { isBreakable } from '../../faults/switches.ts';
import { consoleCommands } from '../commands.ts';
import type { ConsoleParts } from '../parts.ts';
import { ConsoleError, type ConsoleRoute } from '../route.ts';
import { isPoisonable, putPoison } from './poison.ts';
import type { BreakState } from './wire.ts';

const Pass = z.object({ queue: z.string().optional() });

/** Variables that the stack gives every function. */
const isOwn = (name: string): boolean => !name.startsWith('AWS_');

const stateOf = (parts: ConsoleParts): BreakState => {
  const { provisioned, definitions, rights, mappings, switches } = parts;
  const resources = [...provisioned.resources.values()];
  const sessions = rights.sessions();
  const idOf = (name: string) => resources.find(({ ref }) => ref === name)?.logicalId ?? name;
  /** What only few functions have comes first: it says more about the function. */
  const commonness = (name: string) => definitions.filter(({ environment }) => name in environment).length;
  return {
    on: switches.on().map(({ id, description, since }) => ({ id, description, since })),
    functions: definitions.map(({ functionName, environment }) => ({
      id: idOf(functionName),
      variables: Object.entries(environment)
        .filter(([name]) => isOwn(name))
        .toSorted(([one], [other]) => commonness(one) - commonness(other))
        .map(([name, value]) => ({ name, value })),
      statements: (sessions.find((session) => session.functionName === functionName)?.role.policies ?? [])
        .flatMap(({ statements }) => statements)
        .filter(({ effect }) => effect === 'Allow')
        .map(({ path, actions, resources: { patterns } }) => ({
          path,
          actions: [...actions.patterns],
          resources: [...patterns],
        })),
    })),
    resources: resources
      .filter(({ type }) => isBreakable(type))
      .map(({ logicalId, type }) => ({ id: logicalId, type })),
    mappings: mappings.status().map(({ logicalId, functionName, eventSourceArn }) => ({
      id: logicalId,
      functionId: idOf(functionName),
      source: eventSourceArn,
    })),
    poisonable: resources
      .filter((resource) => isPoisonable(parts, resource))
      .map(({ logicalId, type }) => ({ id: logicalId, type })),
    queues: resources
      .filter((resource) => resource.type === 'AWS::SQS::Queue' && isPoisonable(parts, resource))
      .map(({ logicalId }) => logicalId),
    callsAreJudged: sessions.length > 0,
  };
};

/** What is wrong with a wish is for the person to read. */
const refusing = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    throw new ConsoleError(400, error instanceof Error ? error.message : String(error), { cause: error });
  }
};

/**
 * - `GET /api/break`: a `BreakState`
 * - `POST /api/break`, body a `Fault`: switches it on; `DELETE /api/break/<id>` takes it back, `DELETE /api/break` all
 * - `POST /api/break/poison/<table or queue>`: adds a record that no consumer can read, and answers `Poisoned`
 * - `POST /api/break/pass`, body `{ queue? }`: lets waiting times pass, of one queue, or of streams and alarms
 */
export const breakRoutes = (parts: ConsoleParts): ConsoleRoute[] => {
  const { switches, mappingClock } = parts;
  const commandFor = consoleCommands(parts);
  const command = async (path: string) => refusing(commandFor('POST', path)?.('') ?? Promise.resolve());
  return [
    { method: 'GET', path: '/api/break', answer: () => stateOf(parts) },
    {
      method: 'POST',
      path: '/api/break',
      answer: ({ body }) => refusing(switches.set(Fault.parse(body))),
    },
    {
      method: 'DELETE',
      path: '/api/break/:id',
      answer: ({ parameters: { id = '' } }) => refusing(switches.takeBack(id)),
    },
    { method: 'DELETE', path: '/api/break', answer: () => refusing(switches.takeAllBack()) },
    {
      method: 'POST',
      path: '/api/break/poison/:id',
      answer: ({ parameters: { id = '' } }) => putPoison(parts, id),
    },
    {
      method: 'POST',
      path: '/api/break/pass',
      answer: async ({ body }) => {
        const { queue } = Pass.parse(body ?? {});
        if (queue !== undefined) return command(`/queues/${queue}/skip-waits`);
        mappingClock.skip();
        return { inAlarm: await command('/alarms/evaluate') };
      },
    },
  ];
};
