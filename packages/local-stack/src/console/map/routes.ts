import type { ConsoleParts } from '../parts.ts';
import { ConsoleError, type ConsoleRoute } from '../route.ts';
import { serviceMap } from './graph.ts';
import { nodeNumbers } from './numbers.ts';
import { statementsOfFunctions } from './rights.ts';
import { sourceOf } from './source.ts';
import type { NodeDetails, NodeNumbers, ServiceMap } from './wire.ts';

const SAMPLE_MILLISECONDS = 1_000;

/**
 * - `GET /api/map`: a `ServiceMap`
 * - `GET /api/map/nodes/:id`: `NodeDetails`
 * - `POST /api/map/nodes/:id/fire`: fires a schedule now
 * - the channel `map-numbers`: the `NodeNumbers` of every node, once a second
 */
export const mapRoutes = (parts: ConsoleParts): ConsoleRoute[] => {
  let drawn: Promise<ServiceMap> | undefined;
  const map = () => {
    drawn ??= serviceMap(parts);
    return drawn;
  };
  const numbers = parts.observations.hub.channel<NodeNumbers[]>('map-numbers', () => {
    const sample = async () => {
      try {
        const latest = await nodeNumbers(parts, (await map()).nodes);
        numbers.send(() => latest);
      } catch {
        // An engine does not answer: the frame says so, and the numbers stay as they are.
      }
    };
    void sample();
    const timer = setInterval(sample, SAMPLE_MILLISECONDS);
    return () => clearInterval(timer);
  });
  return [
    { method: 'GET', path: '/api/map', answer: map },
    {
      method: 'GET',
      path: '/api/map/nodes/:id',
      answer: async ({ parameters: { id = '' } }) => nodeDetails(parts, await map(), id),
    },
    {
      method: 'POST',
      path: '/api/map/nodes/:id/fire',
      answer: async ({ parameters: { id = '' } }) => {
        if (!parts.schedules.status().some(({ logicalId }) => logicalId === id))
          throw new ConsoleError(404, `there is no schedule ${id}`);
        await parts.schedules.fire(id);
        return { fired: id };
      },
    },
  ];
};

const nodeDetails = async (
  parts: ConsoleParts,
  { nodes, edges }: ServiceMap,
  id: string,
): Promise<NodeDetails> => {
  const node = nodes.find((one) => one.id === id);
  const resource = parts.provisioned.resources.get(id.replace(/:stream$/, ''));
  if (!node || !resource) throw new ConsoleError(404, `the template declares no ${id}`);
  const { type, attributes, properties, logicalId } = resource;
  const arn = node.kind === 'stream' ? attributes.StreamArn : (attributes.Arn ?? attributes.TopicArn);
  const source = await sourceOf(parts.build.serviceDirectory, logicalId, type);
  const statements = node.kind === 'function' ? (await statementsOfFunctions(parts)).get(id) : undefined;
  const readers = edges.filter(({ from, kind }) => from === id && (kind === 'flows' || kind === 'calls'));
  const functions = node.kind === 'function' ? [id] : readers.map(({ to }) => to);
  const schedule = parts.schedules.status().find((one) => one.logicalId === id);
  return {
    ...{ id, type, name: node.name, properties },
    ...(schedule && {
      schedule: {
        ...{ expression: schedule.expression, enabled: schedule.enabled },
        ...(schedule.next !== undefined && { next: schedule.next }),
      },
    }),
    ...(arn !== undefined && { arn }),
    ...(source && { source }),
    ...(statements && {
      rights: statements.map(({ effect, actions, resources, conditions, path }) => ({
        effect,
        actions: [...(actions.except ? ['all but'] : []), ...actions.patterns],
        resources: [...(resources.except ? ['all but'] : []), ...resources.patterns],
        conditions: conditions.map(({ operator, key, values }) => `${operator} ${key} ${values.join(', ')}`),
        path,
      })),
    }),
    functions: functions.flatMap(
      (one) => nodes.find((other) => other.id === one && other.kind === 'function')?.name ?? [],
    ),
  };
};
