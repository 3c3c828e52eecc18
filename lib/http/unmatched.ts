import { Problem } from './problem.ts';
import type { Reply } from './reply.ts';
import type { Route } from './route.ts';

const segmentsOf = (path: string): string[] => path.split('/');

const matches = (template: string, path: string): boolean => {
  const wanted = segmentsOf(template);
  const given = segmentsOf(path);
  return (
    wanted.length === given.length &&
    wanted.every((segment, position) =>
      segment.startsWith('{') ? given[position] !== '' : segment === given[position],
    )
  );
};

/**
 * Answers a request that no route takes. An OPTIONS request gets the methods of its path; when it is a CORS
 * preflight, API Gateway adds the headers that the API's CORS configuration says.
 * @throws {Problem} method-not-allowed with the methods the path does take, not-found for an unknown path
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export const answerUnmatched = (routes: readonly Route[], method: string, path: string): Reply => {
  // Like the gateway, a path that is written out comes before one with a parameter in its place.
  const exact = routes.filter((route) => route.path === path);
  const matching = exact.length > 0 ? exact : routes.filter((route) => matches(route.path, path));
  const methods = matching.map((route) => route.method);
  if (methods.length === 0) throw new Problem('not-found');

  const allow = [...new Set(methods), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { allow } };
  throw new Problem('method-not-allowed', { headers: { allow } });
};
