import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { httpApiDefinition } from '../../from-template/http-api.ts';
import type { ProvisionedTemplate } from '../../provisioning/index.ts';
import { LOCAL_ACCOUNT } from '../../stack-constants.ts';
import type { ConsoleParts } from '../parts.ts';
import { ConsoleError } from '../route.ts';
import type { Sample } from './wire.ts';

type Parts = Pick<ConsoleParts, 'provisioned' | 'build'>;

const directoryOf = ({ build }: Parts): string => join(build.serviceDirectory, 'events');

const Event = z.looseObject({
  routeKey: z.string().optional(),
  Records: z.array(z.looseObject({ eventSourceARN: z.string().optional() })).optional(),
});

const kebab = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** Names of functions without what they share, as folders and samples are called: `create-post`. */
const kebabNames = (provisioned: ProvisionedTemplate): [kebabName: string, functionName: string][] =>
  provisioned
    .ofType('AWS::Lambda::Function')
    .map(({ logicalId, ref }) => [kebab(logicalId.replace(/LambdaFunction$/, '')), ref]);

/** The function of an event: by its route, its source, or the name of its file. */
const functionOf = (parts: Parts, name: string, text: string): string | undefined => {
  const { provisioned, build } = parts;
  const { data } = Event.safeParse(JSON.parse(text));
  const { routes } = httpApiDefinition(provisioned, { region: build.region, accountId: LOCAL_ACCOUNT });
  const route = routes.find(({ routeKey }) => routeKey === data?.routeKey);
  if (route) return route.functionName;
  return kebabNames(provisioned)
    .filter(([kebabName]) => name.startsWith(kebabName))
    .toSorted(([left], [right]) => right.length - left.length)[0]?.[1];
};

/** The JSON files of the service's `events` folder; none when it has no such folder. */
export const listSamples = async (parts: Parts): Promise<Sample[]> => {
  const directory = directoryOf(parts);
  let names: string[];
  try {
    names = (await readdir(directory)).filter((name) => name.endsWith('.json')).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return Promise.all(
    names.map(async (name) => {
      const functionName = functionOf(parts, name, await readFile(join(directory, name), 'utf8'));
      return { name, ...(functionName !== undefined && { functionName }) };
    }),
  );
};

/** The event of a sample. @throws {ConsoleError} when there is none of that name */
export const readSample = async (parts: Parts, name: string): Promise<unknown> => {
  const known = await listSamples(parts);
  if (!known.some((sample) => sample.name === name))
    throw new ConsoleError(404, `there is no sample ${name}`);
  return JSON.parse(await readFile(join(directoryOf(parts), name), 'utf8'));
};
