import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiHeadersObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { FieldError, PROBLEMS, ProblemDetails, type ProblemName, problemType } from '#lib/http/problem.ts';
import { authOf } from '#lib/http/route.ts';
import { type ApiRoute, readRoutes } from './routes.ts';

const HEADERS = {
  'X-Request-Id': {
    description: 'Names this request in our logs.',
    schema: { type: 'string' },
    required: true,
  },
  'X-Correlation-Id': {
    description: "The caller's X-Correlation-Id when it was well-formed, the request id otherwise.",
    schema: { type: 'string' },
    required: true,
  },
  Location: { description: 'Where it is.', schema: { type: 'string' }, required: true },
  ETag: { description: "The post's version in double quotes.", schema: { type: 'string' }, required: true },
  'Cache-Control': { schema: { type: 'string' }, required: true },
  Vary: { schema: { type: 'string' }, required: true },
  'Retry-After': { description: 'In seconds.', schema: { type: 'integer' } },
  'WWW-Authenticate': { schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: 'Present when this is the answer to an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
} as const satisfies ZodOpenApiHeadersObject;

const HEADERS_OF_STATUS: Record<number, readonly string[]> = {
  201: ['Idempotent-Replayed'],
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  503: ['Retry-After'],
};

/** What API Gateway answers itself; its body cannot be chosen. */
const GATEWAY_ANSWERS: Record<number, string> = {
  401: 'The token is missing, not valid, or for someone else.',
  413: 'The body is larger than API Gateway takes (10 MB).',
  429: 'Too many requests.',
  431: 'The headers are larger than API Gateway takes (10 kB).',
  500: 'The function could not answer.',
  503: 'The service is not available.',
};
const GatewayMessage = z
  .object({ message: z.string().nullable() })
  .meta({ id: 'GatewayMessage', description: 'An answer of API Gateway, before or after the function.' });

const hasInput = ({ request: { shape } }: ApiRoute): boolean =>
  [shape.params, shape.query, shape.headers, shape.body].some((part) => part !== undefined);

const takesBody = ({ request }: ApiRoute): boolean => request.shape.body !== undefined;

const problemsOf = (route: ApiRoute): ProblemName[] => [
  ...(hasInput(route) ? (['invalid-request'] as const) : []),
  ...(takesBody(route) ? (['malformed-body', 'body-too-large', 'unsupported-media-type'] as const) : []),
  ...(authOf(route) === 'none' ? [] : (['unauthenticated'] as const)),
  ...(authOf(route) === 'optional' ? (['identity-unavailable'] as const) : []),
  ...(route.problems ?? []),
  'internal-error',
  'unavailable',
];

const gatewayStatusesOf = (route: ApiRoute): number[] => [
  ...(route.isAuthorized ? [401] : []),
  ...(takesBody(route) ? [413] : []),
  429,
  431,
  500,
  503,
];

const headersOf = (status: number, own: readonly string[] = []) =>
  Object.fromEntries(
    [...own, ...(HEADERS_OF_STATUS[status] ?? [])].map((name) => [
      name,
      { $ref: `#/components/headers/${name}` as const },
    ]),
  );

const ownHeaders = ['X-Request-Id', 'X-Correlation-Id'];

const problemContent = (problems: readonly ProblemName[]) => ({
  'application/problem+json': {
    schema: {
      allOf: [
        { $ref: '#/components/schemas/ProblemDetails' },
        { type: 'object' as const, properties: { type: { enum: problems.map(problemType) } } },
      ],
    },
  },
});

const failure = (
  status: number,
  problems: readonly ProblemName[],
  fromGateway: boolean,
): ZodOpenApiResponseObject => ({
  description: [
    ...problems.map((name) => `${PROBLEMS[name].title} (\`${problemType(name)}\`).`),
    ...(fromGateway ? [`${GATEWAY_ANSWERS[status]} (API Gateway)`] : []),
  ].join('\n\n'),
  // What the gateway answers itself carries its own headers only.
  headers: headersOf(status, fromGateway ? [] : [...ownHeaders, 'Cache-Control']),
  content: {
    ...(problems.length > 0 && problemContent(problems)),
    ...(fromGateway && { 'application/json': { schema: GatewayMessage } }),
  },
});

const failuresOf = (route: ApiRoute): Record<string, ZodOpenApiResponseObject> => {
  const problems = problemsOf(route);
  const gateway = gatewayStatusesOf(route);
  const statuses = new Set([...problems.map((name) => PROBLEMS[name].status), ...gateway]);
  return Object.fromEntries(
    [...statuses].toSorted().map((status) => [
      `${status}`,
      failure(
        status,
        problems.filter((name) => PROBLEMS[name].status === status),
        gateway.includes(status),
      ),
    ]),
  );
};

const answersOf = (route: ApiRoute): Record<string, ZodOpenApiResponseObject> =>
  Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, body, headers }]) => [
      status,
      {
        description,
        headers: headersOf(Number(status), [...ownHeaders, ...(headers ?? [])]),
        ...(body && { content: { 'application/json': { schema: body } } }),
      },
    ]),
  );

const SECURITY = { required: [{ token: [] }], optional: [{}, { token: [] }], none: [] };

const operationOf = (route: ApiRoute): ZodOpenApiOperationObject => {
  const { params, query, headers, body } = route.request.shape;
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    security: SECURITY[authOf(route)],
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      header: z.object({
        ...headers?.shape,
        'x-correlation-id': z
          .string()
          .optional()
          .describe(
            'Follows the request through logs and events. Ignored unless 1 to 128 of A-Z a-z 0-9 . _ : -',
          ),
      }),
    },
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          (route.mediaTypes ?? ['application/json']).map((mediaType) => [mediaType, { schema: body }]),
        ),
      },
    }),
    responses: { ...answersOf(route), ...failuresOf(route) },
  };
};

const pathsOf = (routes: readonly ApiRoute[]): ZodOpenApiPathsObject => {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
};

const TAGS = [
  { name: 'Posts', description: 'Posts and their life: draft, published, flagged by moderation.' },
  { name: 'Push', description: 'Devices that are told what happens to their user’s posts.' },
  { name: 'Service', description: 'The API itself.' },
];

/** The API as an OpenAPI 3.1 document, generated from the routes that the handlers parse by. */
export const openApiDocument = async () =>
  createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Post broadcast API',
        version: '1.0.0',
        description:
          'Posts, and what is broadcast of them. Errors are problem details (RFC 9457); decide by `type`. ' +
          'Every answer of the service carries X-Request-Id. What answers GET answers HEAD alike. Of a path or a ' +
          'method that is not listed here API Gateway says 404, with a `GatewayMessage`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'Where this document was served.' }],
      tags: TAGS,
      paths: pathsOf(await readRoutes()),
      components: {
        schemas: { ProblemDetails, FieldError, GatewayMessage },
        headers: HEADERS,
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        },
      },
    },
    {
      override: ({ jsonSchema, zodSchema, io }) => {
        // Answers may grow fields that today's clients do not know.
        const { def } = zodSchema._zod;
        if (io === 'output' && def.type === 'object') delete jsonSchema.additionalProperties;
      },
    },
  );
