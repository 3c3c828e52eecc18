import type { RouteDefinition } from './definition.ts';

/** The route that serves a request, with the values of its path variables, decoded. */
export interface RouteMatch {
  route: RouteDefinition;
  pathParameters: Record<string, string>;
}

type Segment = { kind: 'literal'; text: string } | { kind: 'variable' | 'greedy'; name: string };

interface ParsedRoute {
  route: RouteDefinition;
  /** Undefined for `$default`. */
  target?: { method: string; segments: Segment[] };
}

/**
 * Selects routes as API Gateway does: the most specific path wins (literal, then variable, then greedy, segment
 * by segment), for one path a method before `ANY`, and `$default` takes what is left.
 * @returns a function of the method and the percent-encoded path; undefined is a 404
 * @throws Error naming a route key that is not one, or that is there twice
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function createRouter(
  routes: readonly RouteDefinition[],
): (method: string, encodedPath: string) => RouteMatch | undefined {
  const keys = new Set<string>();
  for (const { routeKey } of routes) {
    if (keys.has(routeKey)) throw new Error(`The route ${routeKey} is defined twice`);
    keys.add(routeKey);
  }
  const ordered = routes.map(parseRoute).sort(bySpecificity);
  return (method, encodedPath) => {
    const segments = splitPath(encodedPath);
    for (const { route, target } of ordered) {
      if (target === undefined) return { route, pathParameters: {} };
      if (target.method !== 'ANY' && target.method !== method) continue;
      const pathParameters = matchSegments(target.segments, segments);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  };
}

const splitPath = (path: string): string[] => path.slice(1).split('/');

function parseRoute(route: RouteDefinition): ParsedRoute {
  if (route.routeKey === '$default') return { route };
  const [, method, path] = /^(ANY|[A-Z]+) (\/\S*)$/.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined) throw new Error(`Not a route key: ${route.routeKey}`);
  const segments = splitPath(path).map((text): Segment => {
    const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
    if (name === undefined) return { kind: 'literal', text };
    return { kind: plus === '+' ? 'greedy' : 'variable', name };
  });
  if (segments.slice(0, -1).some(({ kind }) => kind === 'greedy')) {
    throw new Error(`A greedy path variable must be the last segment: ${route.routeKey}`);
  }
  return { route, target: { method, segments } };
}

const rank = { literal: 0, variable: 1, greedy: 2 } as const;

function bySpecificity(a: ParsedRoute, b: ParsedRoute): number {
  if (a.target === undefined || b.target === undefined) {
    return Number(a.target === undefined) - Number(b.target === undefined);
  }
  for (const [index, segment] of a.target.segments.entries()) {
    const other = b.target.segments[index];
    if (other === undefined) return -1;
    const difference = rank[segment.kind] - rank[other.kind];
    if (difference !== 0) return difference;
  }
  return Number(a.target.method === 'ANY') - Number(b.target.method === 'ANY');
}

function matchSegments(
  pattern: readonly Segment[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const greedy = pattern.at(-1)?.kind === 'greedy';
  if (greedy ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  const values: [string, string][] = [];
  for (const [index, part] of pattern.entries()) {
    const text = part.kind === 'greedy' ? segments.slice(index).join('/') : segments[index];
    if (text === undefined || (part.kind !== 'literal' && text === '')) return undefined;
    if (part.kind !== 'literal') values.push([part.name, decodeURIComponent(text)]);
    else if (part.text !== text && part.text !== decodeURIComponent(text)) return undefined;
  }
  return Object.fromEntries(values);
}
