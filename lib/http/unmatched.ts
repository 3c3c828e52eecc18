import type { Endpoint } from './endpoints.ts';
import { Problem } from './problem.ts';
import type { Reply } from './reply.ts';

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
 * Answers a request that no endpoint takes. An OPTIONS request gets the methods of its path; when it is a CORS
 * preflight, API Gateway adds the headers that the API's CORS configuration says.
 * @throws {Problem} method-not-allowed with the methods the path does take, not-found for an unknown path
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export const answerUnmatched = (endpoints: readonly Endpoint[], method: string, path: string): Reply => {
  // Like the gateway, a path that is written out comes before one with a parameter in its place.
  const exact = endpoints.filter((endpoint) => endpoint.path === path);
  const matching = exact.length > 0 ? exact : endpoints.filter((endpoint) => matches(endpoint.path, path));
  const methods = matching.map((endpoint) => endpoint.method);
  if (methods.length === 0) throw new Problem('not-found');

  const allow = [...new Set(methods), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { allow } };
  throw new Problem('method-not-allowed', { headers: { allow } });
};
