import fc from 'fast-check';
import type { InvocationResult } from '../../src/lambda-runtime/index.ts';
import { closeApis, send, sendRaw, startApi } from './api.ts';

afterEach(closeApis);

const success = (payload: unknown): InvocationResult => ({ kind: 'success', payload });
const answering = (payload: unknown) => startApi(['$default'], { respond: () => success(payload) });

describe('routes', () => {
  const routes = [
    'GET /posts',
    'POST /posts',
    'GET /posts/search',
    'GET /posts/{postId}',
    'ANY /posts/{postId}',
    'GET /posts/{postId}/media/{file+}',
    'ANY /files/{path+}',
    'GET /',
  ];

  test.each([
    ['GET', '/posts', 'GET /posts'],
    ['POST', '/posts', 'POST /posts'],
    ['GET', '/posts/search', 'GET /posts/search'],
    ['GET', '/posts/1', 'GET /posts/{postId}'],
    ['PUT', '/posts/1', 'ANY /posts/{postId}'],
    ['POST', '/posts/search', 'ANY /posts/{postId}'],
    ['GET', '/posts/1/media/a/b.png', 'GET /posts/{postId}/media/{file+}'],
    ['DELETE', '/files/a/b/c', 'ANY /files/{path+}'],
    ['GET', '/', 'GET /'],
    ['GET', '/posts?page=2', 'GET /posts'],
  ])('%s %s is served by %s', async (method, target, routeKey) => {
    const api = await startApi(routes);
    expect(await send(api, target, { method })).toMatchObject({ status: 200, text: routeKey });
    expect(api.events[0]?.routeKey).toBe(routeKey);
  });

  test.each([
    ['DELETE', '/posts'],
    ['HEAD', '/posts'],
    ['OPTIONS', '/posts'],
    ['GET', '/unknown'],
    ['GET', '/posts/'],
    ['GET', '/posts/1/media'],
    ['GET', '/files'],
    ['GET', '/files/'],
    ['GET', '//posts'],
    ['GET', '/Posts'],
  ])('%s %s is not found', async (method, target) => {
    const api = await startApi(routes);
    const answer = await send(api, target, { method });
    expect(answer.status).toBe(404);
    if (method !== 'HEAD') expect(answer.text).toBe('{"message":"Not Found"}');
    expect(api.events).toEqual([]);
  });

  test('$default takes what no route takes', async () => {
    const api = await startApi(['GET /posts', '$default']);
    expect(await send(api, '/posts', { method: 'PUT' })).toMatchObject({ text: '$default' });
    expect(await send(api, '/anything')).toMatchObject({ text: '$default' });
    expect(await send(api, '/posts')).toMatchObject({ text: 'GET /posts' });
  });

  test('the order in which routes are defined does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(routes, { minLength: routes.length }), async (shuffled) => {
        const api = await startApi(['$default', ...shuffled]);
        expect(await send(api, '/posts/search')).toMatchObject({ text: 'GET /posts/search' });
        expect(await send(api, '/posts/1')).toMatchObject({ text: 'GET /posts/{postId}' });
        expect(await send(api, '/nothing')).toMatchObject({ text: '$default' });
        await closeApis();
      }),
      { numRuns: 20 },
    );
  });

  test('path parameters are decoded, a slash in one too', async () => {
    const api = await startApi(['GET /users/{userId}/posts/{rest+}']);
    await send(api, '/users/a%2Fb%20%F0%9F%99%82/posts/x%3Fy/z');
    expect(api.events[0]).toMatchObject({
      pathParameters: { userId: 'a/b 🙂', rest: 'x?y/z' },
      rawPath: '/users/a/b 🙂/posts/x?y/z',
    });
  });

  test('a stage with a name is the first segment of the path', async () => {
    const api = await startApi(['GET /posts'], { api: { stage: { name: 'dev' } } });
    expect(api.url).toMatch(/\/dev$/);
    expect(await send(api, '/dev/posts')).toMatchObject({ status: 200 });
    expect(await send(api, '/posts')).toMatchObject({ status: 404 });
    expect(api.events[0]).toMatchObject({ rawPath: '/dev/posts', requestContext: { stage: 'dev' } });
  });

  test.each([
    [['GET /posts', 'GET /posts'], /defined twice/],
    [['get posts'], /Not a route key: get posts/],
    [['GET /{all+}/more'], /must be the last segment/],
  ])('%j is refused', async (keys, message) => {
    await expect(startApi(keys)).rejects.toThrow(message);
  });
});

describe('the event', () => {
  test('is payload format 2.0', async () => {
    const clock = { now: () => Date.UTC(2026, 2, 12, 19, 3, 58), sleep: () => new Promise<void>(() => {}) };
    const api = await startApi(['POST /posts/{postId}'], { options: { clock } });
    await send(api, '/posts/1?tag=a&tag=b&empty=&flag&q=x%20y+z', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'jest',
        'X-List': ['1', '2'],
        Cookie: 'a=1; b=2',
        Host: 'localhost:3000',
        Connection: 'keep-alive',
      },
      body: '{"text":"ä🙂"}',
    });
    expect(api.events).toEqual([
      {
        version: '2.0',
        routeKey: 'POST /posts/{postId}',
        rawPath: '/posts/1',
        rawQueryString: 'tag=a&tag=b&empty=&flag&q=x%20y+z',
        cookies: ['a=1', 'b=2'],
        headers: {
          'content-type': 'application/json',
          'content-length': '17',
          'user-agent': 'jest',
          'x-list': '1,2',
          host: 'localhost:3000',
          'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/),
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-port': String(api.port),
          'x-forwarded-proto': 'http',
        },
        queryStringParameters: { tag: 'a,b', empty: '', flag: '', q: 'x y z' },
        pathParameters: { postId: '1' },
        requestContext: {
          accountId: '000000000000',
          apiId: 'abc123',
          domainName: 'localhost',
          domainPrefix: 'localhost',
          http: {
            method: 'POST',
            path: '/posts/1',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'jest',
          },
          requestId: expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/),
          routeKey: 'POST /posts/{postId}',
          stage: '$default',
          time: '12/Mar/2026:19:03:58 +0000',
          timeEpoch: 1_773_342_238_000,
        },
        body: '{"text":"ä🙂"}',
        isBase64Encoded: false,
      },
    ]);
  });

  test('what a request does not have is absent', async () => {
    const api = await startApi(['GET /posts']);
    await send(api, '/posts');
    for (const member of ['cookies', 'queryStringParameters', 'pathParameters', 'body', 'stageVariables']) {
      expect(api.events[0]).not.toHaveProperty(member);
    }
    expect(api.events[0]?.requestContext).not.toHaveProperty('authorizer');
  });

  test('each request has an id of its own, which the client sees too', async () => {
    const api = await startApi(['GET /posts']);
    const answers = [await send(api, '/posts'), await send(api, '/posts')];
    const ids = api.events.map((event) => event.requestContext.requestId);
    expect(new Set(ids).size).toBe(2);
    expect(answers.map(({ headers }) => headers['apigw-requestid'])).toEqual(ids);
  });

  test.each([
    ['application/json', 'text'],
    ['application/problem+json; charset=utf-8', 'text'],
    ['text/plain', 'text'],
    ['application/xml', 'text'],
    ['image/png', 'base64'],
    ['application/x-www-form-urlencoded', 'base64'],
    ['multipart/form-data; boundary=x', 'base64'],
    ['', 'base64'],
  ])('a body of type %j comes as %s', async (contentType, form) => {
    const api = await startApi(['POST /posts']);
    const headers: Record<string, string> = contentType === '' ? {} : { 'content-type': contentType };
    await send(api, '/posts', { method: 'POST', headers, body: 'a=b' });
    expect(api.events[0]).toMatchObject(
      form === 'text'
        ? { body: 'a=b', isBase64Encoded: false }
        : { body: Buffer.from('a=b').toString('base64'), isBase64Encoded: true },
    );
  });

  test('bytes that are no text are kept whatever their type says', async () => {
    const api = await startApi(['POST /posts']);
    const body = Buffer.from([0x22, 0xff, 0xfe, 0x00, 0x22]);
    await send(api, '/posts', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(api.events[0]).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  test('a chain of proxies is kept in front of the caller', async () => {
    const api = await startApi(['GET /posts']);
    await send(api, '/posts', { headers: { 'x-forwarded-for': '10.0.0.1' } });
    expect(api.events[0]?.headers['x-forwarded-for']).toBe('10.0.0.1, 127.0.0.1');
  });
});

describe('the answer', () => {
  test('a result with a status code is the response', async () => {
    const api = await answering({
      statusCode: 201,
      headers: { Location: '/posts/1', 'X-Number': 5, 'Content-Length': '99', Connection: 'close' },
      cookies: ['a=1; Path=/', 'b=2'],
      body: '{"ä":1}',
    });
    expect(await send(api, '/')).toMatchObject({
      status: 201,
      headers: {
        location: '/posts/1',
        'x-number': '5',
        'content-length': '8',
        'content-type': 'text/plain;charset=utf-8',
        'set-cookie': ['a=1; Path=/', 'b=2'],
      },
      text: '{"ä":1}',
    });
  });

  test.each([
    [{ message: 'hello' }, '{"message":"hello"}'],
    ['Hello from Lambda!', 'Hello from Lambda!'],
    [['a', 1], '["a",1]'],
    [null, 'null'],
    [7, '7'],
  ])('%j without a status code is the JSON body of a 200', async (payload, text) => {
    const api = await answering(payload);
    expect(await send(api, '/')).toMatchObject({
      status: 200,
      text,
      headers: { 'content-type': 'application/json' },
    });
  });

  test('base64 is decoded', async () => {
    const api = await answering({
      statusCode: 200,
      body: Buffer.from('bytes').toString('base64'),
      isBase64Encoded: true,
      headers: { 'content-type': 'image/png' },
    });
    expect(await send(api, '/')).toMatchObject({ text: 'bytes', headers: { 'content-type': 'image/png' } });
  });

  test.each([204, 304])('%s has no body', async (statusCode) => {
    const api = await answering({ statusCode, body: 'ignored' });
    expect(await send(api, '/')).toMatchObject({ status: statusCode, text: '' });
  });

  test('the answer to HEAD has the length but no body', async () => {
    const api = await answering({ statusCode: 200, body: 'four' });
    expect(await send(api, '/', { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '4' },
    });
  });

  test.each([
    ['a status that is none', { statusCode: 'soon' }],
    ['a status out of range', { statusCode: 99 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['headers that are a list', { statusCode: 200, headers: ['a'] }],
    ['a header that HTTP cannot carry', { statusCode: 200, headers: { 'x-a': 'a\r\nb: c' } }],
    ['a header name that HTTP cannot carry', { statusCode: 200, headers: { 'x a': 'b' } }],
    ['cookies that are a text', { statusCode: 200, cookies: 'a=1' }],
  ])('%s is a malformed response: 500', async (_name, payload) => {
    const api = await answering(payload);
    expect(await send(api, '/')).toMatchObject({
      status: 500,
      text: '{"message":"Internal Server Error"}',
      headers: { 'content-type': 'application/json' },
    });
  });

  test.each([
    [
      'an error of the function',
      500,
      'Internal Server Error',
      { kind: 'error', errorType: 'Error', errorMessage: 'x' },
    ],
    ['a throttled function', 503, 'Service Unavailable', { kind: 'throttled' }],
    [
      'an event that is too large for the function',
      413,
      'Request Entity Too Large',
      { kind: 'error', errorType: 'RequestEntityTooLarge', errorMessage: 'x' },
    ],
  ] as const)('%s is %s', async (_name, status, message, result) => {
    const api = await startApi(['$default'], { respond: () => result });
    expect(await send(api, '/')).toMatchObject({ status, text: JSON.stringify({ message }) });
  });

  test('a function that cannot be called is 500, and nothing of the reason is shown', async () => {
    const api = await startApi(['$default'], {
      respond: () => {
        throw new Error('secret');
      },
    });
    const answer = await send(api, '/');
    expect(answer).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(api.lines[0]).toContain('secret');
  });

  test.each([
    [undefined, 30_000],
    [5_000, 5_000],
    [60_000, 30_000],
  ])(
    'with a timeout of %s an integration is given %s ms, then 503',
    async (timeoutMilliseconds, expected) => {
      const waits: number[] = [];
      const clock = {
        now: () => Date.now(),
        sleep: async (milliseconds: number) => {
          waits.push(milliseconds);
        },
      };
      const api = await startApi([{ routeKey: '$default', functionName: 'slow', timeoutMilliseconds }], {
        respond: () => new Promise(() => {}),
        options: { clock },
      });
      expect(await send(api, '/')).toMatchObject({ status: 503, text: '{"message":"Service Unavailable"}' });
      expect(waits).toEqual([expected]);
    },
  );
});

describe('limits', () => {
  test('a body over 10 MB is 413, one of just 10 MB is not', async () => {
    const api = await startApi(['$default']);
    const body = Buffer.alloc(10 * 1024 * 1024, 'x');
    expect(await send(api, '/', { method: 'POST', body })).toMatchObject({ status: 200 });
    expect(
      await send(api, '/', { method: 'POST', body: Buffer.concat([body, Buffer.from('x')]) }),
    ).toMatchObject({
      status: 413,
      text: '{"message":"Request Entity Too Large"}',
    });
    expect(api.events).toHaveLength(1);
  });

  test('a request line and header values over 10,240 bytes are 431', async () => {
    const api = await startApi(['$default']);
    const refused = { status: 431, text: '{"message":"Request Header Fields Too Large"}' };
    expect(await send(api, '/', { headers: { 'x-large': 'x'.repeat(10_000) } })).toMatchObject({
      status: 200,
    });
    expect(await send(api, '/', { headers: { 'x-large': 'x'.repeat(10_300) } })).toMatchObject(refused);
    expect(await send(api, `/${'x'.repeat(10_300)}`)).toMatchObject(refused);
    expect(await send(api, '/', { headers: { 'x-large': 'x'.repeat(70_000) } })).toMatchObject(refused);
    expect(api.events).toHaveLength(1);
  });

  test('a route is throttled by a token bucket that fills again', async () => {
    let now = 0;
    const clock = { now: () => now, sleep: () => new Promise<void>(() => {}) };
    const api = await startApi(['GET /a', 'GET /b'], {
      options: { clock },
      api: {
        stage: {
          name: '$default',
          throttling: { burst: 2, rate: 10 },
          routeThrottling: { 'GET /b': { burst: 1, rate: 1 } },
        },
      },
    });
    const statuses = async (target: string, count: number) => {
      const answers = [];
      for (let index = 0; index < count; index += 1) answers.push((await send(api, target)).status);
      return answers;
    };
    expect(await statuses('/a', 3)).toEqual([200, 200, 429]);
    expect(await statuses('/b', 2)).toEqual([200, 429]);
    now = 100;
    expect(await statuses('/a', 2)).toEqual([200, 429]);
    expect(await statuses('/b', 1)).toEqual([429]);
    now = 10_000;
    expect(await statuses('/a', 3)).toEqual([200, 200, 429]);
    expect(await send(api, '/a')).toMatchObject({ text: '{"message":"Too Many Requests"}' });
  });
});

describe('requests that are not good HTTP', () => {
  test.each(['/%', '/%zz', '/%E0%A4%A', '/a%C0%AFb', '/%ED%A0%80', '*'])(
    'a path that is no UTF-8 is 400: %s',
    async (target) => {
      const api = await startApi(['$default']);
      const method = target === '*' ? 'OPTIONS' : 'GET';
      expect(await send(api, target, { method })).toMatchObject({
        status: 400,
        text: '{"message":"Bad Request"}',
      });
    },
  );

  test('a query that cannot be decoded is passed as it is', async () => {
    const api = await startApi(['$default']);
    expect(await send(api, '/?a=%&b=%zz&=c&&__proto__=d&a=%00')).toMatchObject({ status: 200 });
    expect(api.events[0]?.queryStringParameters).toEqual(
      JSON.parse('{"a":"%,\\u0000","b":"%zz","":"c","__proto__":"d"}'),
    );
  });

  test('what is not HTTP gets 400 and the next client is served', async () => {
    const api = await startApi(['$default']);
    expect(await sendRaw(api, 'nonsense\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n.*"Bad Request"\}$/s,
    );
    expect(await sendRaw(api, Buffer.from([0, 1, 2, 3]))).toContain('400');
    expect(await send(api, '/')).toMatchObject({ status: 200 });
  });

  test('a client that goes away in the middle of its body is no error', async () => {
    const api = await startApi(['$default']);
    await sendRaw(api, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf');
    expect(await send(api, '/')).toMatchObject({ status: 200 });
    expect(api.lines).toHaveLength(1);
    expect(api.metrics.filter(({ name, value }) => name === '5xx' && value > 0)).toEqual([]);
  });

  test('requests on one connection are answered in order', async () => {
    const api = await startApi(['POST /a', 'GET /b']);
    const text = await sendRaw(
      api,
      'POST /missing HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody' +
        'POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody' +
        'GET /b HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    );
    expect(text.match(/HTTP\/1\.1 \d+|POST \/a|GET \/b/g)).toEqual([
      'HTTP/1.1 404',
      'HTTP/1.1 200',
      'POST /a',
      'HTTP/1.1 200',
      'GET /b',
    ]);
  });

  test('an absolute target is served', async () => {
    const api = await startApi(['GET /posts']);
    expect(await send(api, 'http://localhost/posts?a=1')).toMatchObject({ status: 200 });
    expect(api.events[0]?.queryStringParameters).toEqual({ a: '1' });
  });

  test('no target and no header makes it fail', async () => {
    const api = await startApi(['GET /{a}/{b+}', '$default']);
    const piece = fc.oneof(
      fc.constantFrom('%', '%00', '%2F', '%E0', '//', '..', ';', '=', '&', '?', '{a}', '%F0%9F%99%82', '+'),
      fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~!$()*,:@'), maxLength: 5 }),
    );
    const header = fc.string({ unit: fc.constantFrom(...'abc =;,"\\\t\u00e4\u00ff'), maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), header, header, async (pieces, cookie, other) => {
        const { status } = await send(api, `/${pieces.join('')}`, { headers: { cookie, 'x-other': other } });
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });
});

describe('cross-origin requests', () => {
  const cors = {
    allowOrigins: ['https://app.example'],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization', 'content-type'],
    exposeHeaders: ['etag'],
    maxAge: 300,
    allowCredentials: true,
  };
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });

  test('a preflight request is answered without the function', async () => {
    const api = await startApi(['POST /posts'], { api: { cors } });
    expect(await send(api, '/posts', preflight('https://app.example'))).toMatchObject({
      status: 204,
      text: '',
      headers: {
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-expose-headers': 'etag',
        'access-control-max-age': '300',
        'access-control-allow-credentials': 'true',
      },
    });
    expect(api.events).toEqual([]);
  });

  test('another origin gets no cross-origin headers', async () => {
    const api = await startApi(['POST /posts'], { api: { cors } });
    for (const options of [
      preflight('https://evil.example'),
      { method: 'POST', headers: { origin: 'https://evil.example' } },
    ]) {
      const { headers } = await send(api, '/posts', options);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test("the gateway's headers replace the function's, on errors and empty answers too", async () => {
    const api = await startApi(['GET /posts', 'DELETE /posts'], {
      api: { cors },
      respond: (functionName) =>
        success({
          statusCode: functionName.startsWith('DELETE') ? 204 : 200,
          headers: { 'access-control-allow-origin': '*', 'Access-Control-Allow-Methods': 'PUT' },
        }),
    });
    for (const [method, target] of [
      ['GET', '/posts'],
      ['DELETE', '/posts'],
      ['GET', '/missing'],
    ] as const) {
      const { headers } = await send(api, target, { method, headers: { origin: 'https://app.example' } });
      expect(headers['access-control-allow-origin']).toBe('https://app.example');
      expect(headers).not.toHaveProperty('access-control-allow-methods');
    }
  });

  test.each([
    [['*'], 'http://any.example', '*'],
    [['https://*'], 'https://any.example', 'https://any.example'],
    [['https://*'], 'http://any.example', undefined],
  ])('%j allows %s as %s', async (allowOrigins, origin, allowed) => {
    const api = await startApi(['GET /posts'], { api: { cors: { allowOrigins } } });
    const { headers } = await send(api, '/posts', { headers: { origin } });
    expect(headers['access-control-allow-origin']).toBe(allowed);
  });

  test('without rules of its own the gateway leaves it to the function', async () => {
    const api = await startApi(['$default'], {
      respond: () => success({ statusCode: 200, headers: { 'access-control-allow-origin': '*' } }),
    });
    expect(await send(api, '/', preflight('https://app.example'))).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': '*' },
    });
  });

  test('an OPTIONS request that is no preflight goes to the routes', async () => {
    const api = await startApi(['OPTIONS /posts'], { api: { cors } });
    expect(await send(api, '/posts', { method: 'OPTIONS' })).toMatchObject({ text: 'OPTIONS /posts' });
    expect(await send(api, '/other', { method: 'OPTIONS' })).toMatchObject({ status: 404 });
  });
});

describe('logs and metrics', () => {
  test('a request leaves one JSON line and its metrics', async () => {
    const api = await startApi(['GET /posts/{postId}']);
    const { headers } = await send(api, '/posts/a%22b');
    expect(api.lines.map((line) => JSON.parse(line))).toEqual([
      {
        requestId: headers['apigw-requestid'],
        sourceIp: '127.0.0.1',
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:/),
        httpMethod: 'GET',
        path: '/posts/a"b',
        routeKey: 'GET /posts/{postId}',
        status: 200,
        protocol: 'HTTP/1.1',
        responseLength: 19,
        responseLatency: expect.any(Number),
        integrationLatency: expect.any(Number),
      },
    ]);
    const ofApi = api.metrics.filter(({ dimensions }) => !('Stage' in dimensions));
    expect(Object.fromEntries(ofApi.map(({ name, value }) => [name, value]))).toEqual({
      Count: 1,
      '4xx': 0,
      '5xx': 0,
      Latency: expect.any(Number),
      IntegrationLatency: expect.any(Number),
      DataProcessed: 19,
    });
    expect(api.metrics).toContainEqual(
      expect.objectContaining({
        namespace: 'AWS/ApiGateway',
        name: 'Count',
        dimensions: { ApiId: 'abc123', Stage: '$default' },
        unit: 'Count',
      }),
    );
  });

  test('errors are counted by their kind', async () => {
    const api = await startApi(['GET /posts'], { respond: () => ({ kind: 'throttled' }) });
    await send(api, '/missing');
    await send(api, '/posts');
    const values = (name: string) =>
      api.metrics
        .filter((datum) => datum.name === name && !('Stage' in datum.dimensions))
        .map(({ value }) => value);
    expect(values('4xx')).toEqual([1, 0]);
    expect(values('5xx')).toEqual([0, 1]);
  });

  test("the access log keeps to the stage's format", async () => {
    const accessLogFormat =
      '{"id":"$context.requestId","path":"$context.path","agent":"$context.identity.userAgent","claim":"$context.authorizer.claims.sub","status":$context.status}';
    const api = await startApi(['$default'], { api: { stage: { name: '$default', accessLogFormat } } });
    const { headers } = await send(api, '/a%0Ab', { headers: { 'user-agent': 'say "hi"' } });
    expect(JSON.parse(api.lines[0] ?? '')).toEqual({
      id: headers['apigw-requestid'],
      path: '/a\nb',
      agent: 'say "hi"',
      claim: '-',
      status: 200,
    });
  });
});

test('a port that is taken is refused with the error of the system', async () => {
  const { port } = await startApi([]);
  await expect(startApi([], { options: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
