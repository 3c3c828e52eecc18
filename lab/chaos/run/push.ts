import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Mix } from '../mix.ts';
import { count, type Journal } from '../proxy/journal.ts';
import { type Device, type PushBehaviour, type PushEndpoint, startPushEndpoint } from '../push-endpoint.ts';
import { share, weighted } from '../seeded.ts';
import { AUTHORS } from './traffic.ts';
import type { World } from './world.ts';

/** Devices of an author, in turn. */
const DEVICES = [0, 1, 2];

/** A push service that suffers as the mix says, until its faults end. */
export const startSufferingPushEndpoint = async (
  seed: number,
  mix: Mix,
  journal: Journal,
): Promise<PushEndpoint & { endFaults(): void }> => {
  let rates = mix.push ?? {};
  let requests = 0;
  const endpoint = await startPushEndpoint(() => {
    requests += 1;
    const faults = (['busy', 'hang up', 'take and lose the answer'] as const).map(
      (behaviour) => [behaviour, rates[behaviour] ?? 0] as const,
    );
    const faulty = faults.reduce((sum, [, rate]) => sum + rate, 0);
    const behaviour = weighted<PushBehaviour>(share(seed, 'push', requests), [
      ...faults,
      ['take', 1 - faulty],
    ]);
    if (behaviour !== 'take') count(journal, `push: ${behaviour}`);
    return behaviour;
  });
  return {
    ...endpoint,
    endFaults: () => {
      rates = {};
    },
  };
};

/** Registers devices for the authors of the traffic; past the API, which takes only the endpoints of known services. */
export const registerDevices = async (world: World, endpoint: PushEndpoint): Promise<Device[]> => {
  const { dynamoDb } = await world.clients();
  const TableName = (await world.stack()).refOf('DevicesTable');
  const devices = Array.from({ length: AUTHORS }, (_, author) =>
    Array.from({ length: DEVICES[author % DEVICES.length] ?? 0 }, () =>
      endpoint.subscribe(`author-${author}`),
    ),
  ).flat();
  for (const device of devices) {
    const item = { ...device, registeredAt: new Date().toISOString() };
    await dynamoDb.send(new PutItemCommand({ TableName, Item: marshall(item) }));
  }
  return devices;
};
