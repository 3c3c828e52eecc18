import type { Address } from './address.ts';

const HOST = 'r3pmxmplak.execute-api.us-east-1.amazonaws.com';

// As the JWT authorizer hands on the claims of an access token of Amazon Cognito.
const CLAIMS = {
  sub: 'ada',
  iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_ExaMPle',
  client_id: '7lp9xmpl4k2sfkq1q6uvjgq1v',
  token_use: 'access',
  scope: 'openid',
  iat: '1763676000',
  exp: '1763679600',
  username: 'ada',
};

/** An event of API Gateway, payload format 2.0, as JSON. */
export const sampleOf = (
  { method, path, parameters, caller }: Address,
  exampleOf: (parameter: string) => string,
): string => {
  const pathParameters = Object.fromEntries(parameters.map((name) => [name, exampleOf(name)]));
  const rawPath = path.replace(/\{(\w+)\}/g, (_, name: string) => exampleOf(name));
  const event = {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      host: HOST,
      'user-agent': 'curl/8.7.1',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'r3pmxmplak',
      ...(caller === 'required' && { authorizer: { jwt: { claims: CLAIMS, scopes: null } } }),
      domainName: HOST,
      domainPrefix: 'r3pmxmplak',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'curl/8.7.1' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '20/Nov/2025:22:00:00 +0000',
      timeEpoch: 1_763_676_000_000,
    },
    ...(parameters.length > 0 && { pathParameters }),
    isBase64Encoded: false,
  };
  return `${JSON.stringify(event, null, 2)}\n`;
};
