import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { PostPage } from '#functions/list-user-posts/route.ts';
import { PostResource } from '#lib/http/post-resource.ts';
import { PROBLEMS, ProblemDetails } from '#lib/http/problem.ts';
import { type Identity, serveIdentity } from '#local/identity/index.ts';
import { type StoredPosts, storedPosts } from '#tests/support/posts.ts';
import { serveTestSecrets } from '#tests/support/secrets.ts';
import {
  createTable,
  localCredentials,
  startTestDynamoDb,
  type TestDynamoDb,
} from '#tests/support/tables.ts';
import { openApiDocument } from '../../scripts/contracts/openapi.ts';
import { type ApiRoute, readRoutes } from '../../scripts/contracts/routes.ts';
import { gatewayEvent, lambdaContext, type TestRequest } from './requests.ts';

type Handler = (event: unknown, lambda: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** An answer as a client sees it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Of the JSON body; undefined without one. */
  body: unknown;
}

/** The post in an answer. */
export const postIn = ({ body }: Answer): PostResource => PostResource.parse(body);
/** The page in an answer. */
export const pageIn = ({ body }: Answer) => PostPage.parse(body);
/** The problem in an answer. */
export const problemIn = ({ body }: Answer): ProblemDetails => ProblemDetails.parse(body);
/** The name of the problem in an answer. */
export const problemNameIn = (answer: Answer): string =>
  problemIn(answer).type.replace('urn:problem-type:', '');

const documented = await openApiDocument();
const routes = await readRoutes();

const isDocumented = ({ operationId }: ApiRoute, status: number): boolean =>
  Object.values(documented.paths ?? {})
    .flatMap((path) => Object.values(path))
    .some((operation) => operation.operationId === operationId && `${status}` in operation.responses);

/**
 * Holds an answer against what its route declares: the status is documented, the body has the declared shape, a
 * problem is a complete problem, every answer names its request.
 */
const assertDeclared = (route: ApiRoute, { status, headers, body }: Answer): void => {
  expect(isDocumented(route, status)).toBe(true);
  expect(headers['x-request-id']).toBeTruthy();
  expect(headers['x-correlation-id']).toBeTruthy();
  if (status >= 400) {
    const problem = z.strictObject(ProblemDetails.shape).parse(body);
    expect(problem.status).toBe(status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(Object.keys(PROBLEMS)).toContain(problem.type.replace('urn:problem-type:', ''));
    return;
  }
  const answer = route.answers[status];
  expect(answer).toBeDefined();
  for (const name of answer?.headers ?? []) expect(headers).toHaveProperty([name.toLowerCase()]);
  if (answer?.body) {
    expect(headers['content-type']).toBe('application/json');
    answer.body.parse(body);
  } else {
    expect(body).toBeUndefined();
  }
};

/**
 * A route's function without a server in between; each answer is held against the route's declaration.
 * @param folder of the function. Its handler is loaded now: the environment has to be there.
 */
export const caller = async (folder: string) => {
  const route = routes.find((candidate) => candidate.folder === folder);
  if (!route) throw new Error(`${folder} is no route`);
  const { handler }: { handler: Handler } = await import(`../../functions/${folder}/handler.ts`);
  return async (request: TestRequest = {}): Promise<Answer> => {
    const event = gatewayEvent(request.method ?? route.method, route.path, request);
    const { statusCode = 0, headers = {}, body } = await handler(event, lambdaContext());
    const answer = {
      status: statusCode,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}`])),
      body: body === undefined ? undefined : JSON.parse(body),
    };
    assertDeclared(route, answer);
    return answer;
  };
};

/** The tables of the functions, by the variables that name them. */
const TABLES: Readonly<Record<string, string>> = {
  POSTS_TABLE: 'PostsTable',
  IDEMPOTENCY_TABLE: 'IdempotencyTable',
  SEARCH_TABLE: 'SearchIndexTable',
  DEVICES_TABLE: 'DevicesTable',
};

/** What the functions run on in these tests: an embedded DynamoDB with their tables, and an issuer of tokens. */
export interface TestApi {
  dynamoDb: TestDynamoDb;
  posts: StoredPosts;
  identity: Identity;
  tables: { posts: string; idempotency: string };
  stop(): Promise<void>;
}

/** Starts the engines and points the environment at them: import the handlers after that. */
export const startTestApi = async (): Promise<TestApi> => {
  const directory = mkdtempSync(join(tmpdir(), 'api-'));
  const [dynamoDb, identity] = await Promise.all([
    startTestDynamoDb(),
    serveIdentity({ directory, clientId: 'test-client' }),
  ]);
  const tables = new Map(
    await Promise.all(
      Object.entries(TABLES).map(
        async ([variable, id]) => [variable, await createTable(dynamoDb.client, id)] as const,
      ),
    ),
  );
  const { POSTS_TABLE: posts = '', IDEMPOTENCY_TABLE: idempotency = '' } = Object.fromEntries(tables);
  const secretsManager = await serveTestSecrets({
    'push-secret': 'a secret that is only for these tests',
    'cursor-key': 'a secret that is only for these tests',
  });
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    ...Object.fromEntries(tables),
    PUSH_SECRET_ARN: 'push-secret',
    TOKEN_ISSUER: identity.issuer,
    TOKEN_AUDIENCE: identity.clientId,
    CURSOR_KEY_ARN: 'cursor-key',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    POWERTOOLS_LOG_LEVEL: 'INFO',
  });
  return {
    dynamoDb,
    identity,
    posts: storedPosts(dynamoDb.client, posts),
    tables: { posts, idempotency },
    stop: async () => {
      await Promise.all([dynamoDb.stop(), identity.close(), secretsManager.close()]);
      rmSync(directory, { recursive: true });
    },
  };
};

/** Collects what is logged while the tests of a file run, so that they can look at it and it does not fill the screen. */
export const captureLogs = () => {
  const lines: string[] = [];
  const capture = (chunk: unknown) => {
    lines.push(...`${chunk}`.split('\n').filter(Boolean));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of spies) stream.write = capture;
  return {
    lines,
    stop: () => {
      for (const { stream, write } of spies) stream.write = write;
    },
  };
};
