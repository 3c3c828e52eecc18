import { type Behaviour, inArea, pages } from '../behaviour.ts';

const holds = inArea('HTTP API');
const holdsOfTokens = inArea('HTTP API: tokens');
const http = (name: string) => ({ file: 'http-api/http-api.test.ts', name });
const jwt = (name: string) => ({ file: 'http-api/jwt-authorizer.test.ts', name });
const issuer = (name: string) => ({ file: 'identity/identity.test.ts', name });

export const httpApi: readonly Behaviour[] = [
  holds('the most specific route serves a request', pages.httpRoutes, http('%s %s is served by %s')),
  holds('$default takes what no route takes', pages.httpRoutes, http('$default takes what no route takes')),
  holds('the event has payload format 2.0', pages.httpLambda, http('is payload format 2.0')),
  holds(
    'a result with a status code is the response',
    pages.httpLambda,
    http('a result with a status code is the response'),
  ),
  holds(
    'a result without a status code is the JSON body of a 200',
    pages.httpLambda,
    http('%j without a status code is the JSON body of a 200'),
  ),
  holds('a malformed result is answered with 500', pages.httpLambda, http('%s is a malformed response: 500')),
  holds('binary bodies come and go in base64', pages.httpLambda, http('base64 is decoded')),
  holds(
    'a request body has at most 10 MB',
    pages.httpQuotas,
    http('a body over 10 MB is 413, one of just 10 MB is not'),
  ),
  holds(
    'request line and header values have at most 10,240 bytes together',
    pages.httpQuotas,
    http('a request line and header values over 10,240 bytes are 431'),
  ),
  holds(
    'an integration has at most 30 s',
    pages.httpQuotas,
    http('with a timeout of %s an integration is given %s ms, then 503'),
  ),
  holds(
    'throttled requests are answered with 429, by rate and burst of the route',
    pages.httpThrottling,
    http('a route is throttled by a token bucket that fills again'),
  ),
  holds(
    'a preflight request is answered by the gateway',
    pages.httpCors,
    http('a preflight request is answered without the function'),
  ),
  holds(
    "the gateway's cross-origin headers replace those of the function",
    pages.httpCors,
    http("the gateway's headers replace the function's, on errors and empty answers too"),
  ),
  holds(
    'the access log has the format of the stage',
    pages.httpLogging,
    http("the access log keeps to the stage's format"),
  ),
  holds(
    'Count, 4xx, 5xx, Latency and IntegrationLatency by API and stage',
    pages.httpMetrics,
    http('a request leaves one JSON line and its metrics'),
  ),
  holdsOfTokens(
    'a token is refused unless signature, kid, issuer, audience, exp, nbf and iat are right',
    pages.httpJwt,
    jwt('%s: 401'),
  ),
  holdsOfTokens(
    'aud decides; client_id only without it',
    pages.httpJwt,
    jwt('another audience, though the client is right'),
  ),
  holdsOfTokens(
    'a token without a scope that the route asks for is answered with 403',
    pages.httpJwt,
    jwt('a good token without the scope: 403'),
  ),
  holdsOfTokens(
    'the function gets the claims',
    pages.httpJwt,
    jwt('the function gets the claims as strings, and no scopes when the route asks for none'),
  ),
  holdsOfTokens(
    "the issuer's keys are found by discovery and kept",
    pages.httpJwt,
    jwt('are found by discovery, once'),
  ),
  holdsOfTokens.decided('Cognito asks for a user and a password; here any user name gets a token')(
    'the local issuer is an OpenID provider with RS256 keys',
    pages.cognitoTokens,
    issuer('a token verifies against the key set that the discovery document names'),
  ),
];
