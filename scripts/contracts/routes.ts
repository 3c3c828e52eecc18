import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Route } from '#lib/http/route.ts';

/** A route of the API, as its `function.yml` and its `route.ts` describe it. */
export interface ApiRoute extends Route {
  /** The folder of its function. */
  folder: string;
  /** The key of its function in `serverless.yml`. */
  operationId: string;
  method: string;
  path: string;
  /** Also answers HEAD. */
  hasHead: boolean;
  /** Has the JWT authorizer in front. */
  isAuthorized: boolean;
}

const ROOT = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');

const HttpApi = z.union([
  z.object({ method: z.string(), path: z.string(), authorizer: z.object({ name: z.string() }).optional() }),
  z
    .string()
    .transform((key) => key.split(' '))
    .pipe(z.tuple([z.string(), z.string()]))
    .transform(([method, path]) => ({ method, path, authorizer: undefined })),
]);
const Functions = z.record(
  z.string(),
  z.object({ events: z.array(z.object({ httpApi: HttpApi.optional() })).default([]) }),
);

const routesIn = async (folder: string): Promise<ApiRoute[]> => {
  const functions = Functions.parse(
    // Tags such as !Ref do not matter here.
    parse(read(`functions/${folder}/function.yml`), { logLevel: 'error' }),
  );
  const routes: ApiRoute[] = [];
  for (const [operationId, { events }] of Object.entries(functions)) {
    const [first, ...others] = events.flatMap(({ httpApi }) => httpApi ?? []);
    if (!first) continue;
    const { route }: { route: Route } = await import(new URL(`functions/${folder}/route.ts`, ROOT).href);
    routes.push({
      ...route,
      ...{ folder, operationId, method: first.method, path: first.path },
      hasHead: others.some(({ method, path }) => method === 'HEAD' && path === first.path),
      isAuthorized: first.authorizer !== undefined,
    });
  }
  return routes;
};

/** Every route of the API, in the order of `serverless.yml`. */
export const readRoutes = async (): Promise<ApiRoute[]> => {
  const folders = read('serverless.yml').matchAll(/\{file\(functions\/([\w-]+)\/function\.yml\)\}/g);
  return (await Promise.all([...folders].map(([, folder = '']) => routesIn(folder)))).flat();
};
