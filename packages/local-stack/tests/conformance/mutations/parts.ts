import { inFile, type Mutations } from './mutation.ts';

const runtime = inFile('lambda-runtime/lambda-runtime.ts');
const worker = inFile('lambda-runtime/worker.cjs');
const definition = inFile('lambda-runtime/function-definition.ts');
const environment = inFile('lambda-runtime/execution-environment.ts');
const pool = inFile('lambda-runtime/environment-pool.ts');
const lambdaApi = inFile('lambda-runtime/lambda-api.ts');
const emf = inFile('lambda-runtime/embedded-metrics.ts');
const templateFunctions = inFile('from-template/functions.ts');
const routes = inFile('http-api/routes.ts');
const event = inFile('http-api/event.ts');
const response = inFile('http-api/response.ts');
const api = inFile('http-api/http-api.ts');
const bucket = inFile('http-api/token-bucket.ts');
const cors = inFile('http-api/cors.ts');
const accessLog = inFile('http-api/access-log.ts');
const recorder = inFile('http-api/recorder.ts');
const jwt = inFile('http-api/jwt-authorizer.ts');
const issuer = inFile('identity/issuer.ts');
const alarms = inFile('alarms/alarms.ts');
const evaluation = inFile('alarms/evaluation.ts');
const alarmMetric = inFile('alarms/alarm-metric.ts');
const store = inFile('metrics/metric-store.ts');
const streams = inFile('event-source-mappings/adapters/dynamodb-streams.ts');
const table = inFile('provisioning/dynamodb-table.ts');
const s3 = inFile('provisioning/s3-bucket.ts');
const destinations = inFile('event-source-mappings/adapters/destinations.ts');
const secretStore = inFile('provisioning/secret-store.ts');
const secretsManager = inFile('secrets-manager.ts');
const references = inFile('provisioning/dynamic-references.ts');
const worksOnce = inFile('engines/fauxqs-worker.ts');

const limits = inFile('event-source-mappings/queues/deliver.ts');

const functions: Mutations = {
  'an initialization over 10 seconds begins again, in the time of the invocation': environment(
    'if (isWithinInvocation) invocationMilliseconds -= clock.now() - startedAt;',
    'if (isWithinInvocation) invocationMilliseconds -= 0;',
  ),
  'events and results are copies that went through JSON': worker(
    "JSON.stringify(result) ?? 'null'",
    'JSON.stringify(String(result))',
  ),
  'an event over 6 MB is refused, and the function does not run': runtime(
    'const tooLarge = excessOf(eventText);',
    "const tooLarge = excessOf('');",
  ),
  'a result over 6 MB is an error': runtime(
    'const tooLarge = excessOf(outcome.payload);',
    "const tooLarge = excessOf('');",
  ),
  'an asynchronous event may have 1 MB': lambdaApi('Event: 1_048_576', 'Event: 6_291_456'),
  'environment variables take at most 4 KB together': templateFunctions(
    'MAX_ENVIRONMENT_BYTES = 4_096',
    'MAX_ENVIRONMENT_BYTES = 4_097',
  ),
  'a function sees the variables that Lambda sets, and its own': definition(
    "AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',",
    '',
  ),
  'the context tells request id, function, memory and the time that is left': worker(
    'awsRequestId: requestId,',
    "awsRequestId: '',",
  ),
  'a function over its timeout is ended': environment(
    'if (!timer.signal.aborted) timeOut(invocation.requestId);',
    '',
  ),
  'a thrown error is the result, and the environment is used again': worker(
    "report({ type: 'failed', error, heapBytes: heapBytes() });",
    "report({ type: 'fatal', error });",
  ),
  'a crash ends its environment only': environment(
    '    lose(lastError ?? exitError(',
    '    void (lastError ?? exitError(',
  ),
  'a warm environment keeps its state': pool(
    'if (next === undefined) state.idle.push({ environment, since: clock.now() });',
    'if (next === undefined) void environment.terminate();',
  ),
  'an environment runs one invocation at a time': pool(
    'maximumEnvironments = 32,',
    'maximumEnvironments = 1,',
  ),
  'beyond its reserved concurrency a function is throttled': runtime(
    'return inFlightOf(functionName) >= reservedConcurrency;',
    'return inFlightOf(functionName) > reservedConcurrency;',
  ),
  'a reserved concurrency of 0 stops a function': runtime(
    'if (reservedConcurrency !== undefined) return',
    'if (reservedConcurrency) return',
  ),
  'functions without a reservation share what the others leave': runtime(
    'unreservedInFlight >= accountConcurrency - reserved',
    'unreservedInFlight >= accountConcurrency',
  ),
  'a reserved concurrency below that of a mapping throttles it, and loses nothing': limits(
    "      case 'throttled':\n      case 'unreachable':\n        concurrency.backOff();",
    "      case 'throttled':\n      case 'unreachable':\n        return batch;",
  ),
  'a throttled invocation is answered with 429': lambdaApi(
    "errorAnswer(429, 'TooMany",
    "errorAnswer(503, 'TooMany",
  ),
  'LogType Tail returns the end of the log': lambdaApi(
    "header(request, 'x-amz-log-type') === 'Tail'",
    "header(request, 'x-amz-log-type') === 'None'",
  ),
  'Errors counts at the time of the invocation': runtime(", 'Count', invokedAt);", ", 'Count');"),
  'Invocations, Errors, Throttles, Duration and ConcurrentExecutions by function': runtime(
    "    measure(functionName, 'Invocations', 1, 'Count');\n",
    '',
  ),
  'metrics in the embedded metric format are extracted from the log': emf(
    'if (dimensions === undefined) return [];',
    'if (dimensions !== undefined) return [];',
  ),
};

const http: Mutations = {
  'the most specific route serves a request': routes(
    'const rank = { literal: 0, variable: 1, greedy: 2 }',
    'const rank = { literal: 2, variable: 1, greedy: 0 }',
  ),
  '$default takes what no route takes': routes(
    'if (target === undefined) return { route, pathParameters: {} };',
    'if (target === undefined) return undefined;',
  ),
  'the event has payload format 2.0': event("version: '2.0'", "version: '1.0'"),
  'a result with a status code is the response': response('status: statusCode,', 'status: 200,'),
  'a result without a status code is the JSON body of a 200': response(
    "{ status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) }",
    "{ status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text) }",
  ),
  'a malformed result is answered with 500': response(
    'if (!parsed.success) return undefined;',
    "if (!parsed.success) return { status: 200, headers: {}, body: Buffer.from('') };",
  ),
  'binary bodies come and go in base64': response(
    "isBase64Encoded ? 'base64' : 'utf8'",
    "isBase64Encoded ? 'utf8' : 'utf8'",
  ),
  'a request body has at most 10 MB': api(
    'maximumBodyBytes = 10 * 1024 * 1024',
    'maximumBodyBytes = 11 * 1024 * 1024',
  ),
  'request line and header values have at most 10,240 bytes together': api(
    'maximumHeadBytes = 10_240',
    'maximumHeadBytes = 12_240',
  ),
  'an integration has at most 30 s': api(
    'integrationTimeoutMilliseconds = 30_000',
    'integrationTimeoutMilliseconds = 29_000',
  ),
  'throttled requests are answered with 429, by rate and burst of the route': bucket(
    '* rate);',
    '* rate * 2);',
  ),
  'a preflight request is answered by the gateway': cors("method === 'OPTIONS' &&", "method === 'HEAD' &&"),
  "the gateway's cross-origin headers replace those of the function": cors(
    "!name.startsWith('access-control-')",
    'name.length > 0',
  ),
  'the access log has the format of the stage': accessLog("context[name] ?? '-'", "context[name] ?? ''"),
  'Count, 4xx, 5xx, Latency and IntegrationLatency by API and stage': recorder(
    "    measure('Count', 1, 'Count');\n",
    '',
  ),
  'a token is refused unless signature, kid, issuer, audience, exp, nbf and iat are right': jwt(
    "if (verified.protectedHeader.kid === undefined) return refuse('the token does not name its key');",
    '',
  ),
  'aud decides; client_id only without it': jwt(
    'payload.aud ?? payload.client_id',
    'payload.client_id ?? payload.aud',
  ),
  'a token without a scope that the route asks for is answered with 403': jwt(
    'requiredScopes.length > 0 && !requiredScopes.some',
    'requiredScopes.length > 9 && !requiredScopes.some',
  ),
  'the function gets the claims': jwt(
    '[name, claimText(value)] as const',
    "[name, name && claimText('')] as const",
  ),
  "the issuer's keys are found by discovery and kept": jwt(
    'keys ??= discover(issuer);',
    'keys = discover(issuer);',
  ),
  'the local issuer is an OpenID provider with RS256 keys': issuer(
    'jwks_uri: `${issuer}/.well-known/jwks.json`',
    'jwks_uri: `${issuer}/jwks.json`',
  ),
};

const alarmMutations: Mutations = {
  'M out of N datapoints decide': evaluation(
    "count >= datapointsToAlarm ? 'ALARM'",
    "count > datapointsToAlarm ? 'ALARM'",
  ),
  'every example of the page on missing data, premature alarms among them': evaluation(
    'const lasts = age >= datapointsToAlarm',
    'const lasts = age > datapointsToAlarm',
  ),
  'missing data treated as missing, ignore, breaching or notBreaching': evaluation(
    'return { state: decide(breaching + filled), points, filled };',
    'return { state: decide(breaching), points, filled };',
  ),
  'alarms on metrics of DynamoDB ignore missing data, whatever they say': alarms(
    "metric.namespaces.has('AWS/DynamoDB') ? 'ignore' : ",
    '',
  ),
  'an alarm begins without data and changes its state once': alarms(
    'if (state === undefined || state === oldState) return undefined;',
    'if (state === undefined) return undefined;',
  ),
  'an alarm on a percentile may ignore few samples': alarmMetric('< 10 / share', '< 0 / share'),
  'an alarm counts its own dimensions only': store(
    '...names.flatMap((dimension) => [dimension, dimensions[dimension]]),',
    '',
  ),
  'an alarm may look at an expression over metrics': alarmMetric(
    'const series = scope.resolve(returned.Id);',
    'const series = [...data.values()][0] ?? scope.resolve(returned.Id);',
  ),
  'a composite alarm follows the alarms of its rule': alarms(
    "const state = rule.holds(stateOf) ? 'ALARM' : 'OK';",
    "const state = rule.holds(stateOf) ? 'OK' : 'ALARM';",
  ),
  'alarms are evaluated every minute': alarms('let interval = 60_000;', 'let interval = 120_000;'),
  'an alarm whose actions are off notifies nobody': alarms(
    'properties.ActionsEnabled ? actions : []',
    'properties.ActionsEnabled ? actions : actions',
  ),
  'a datum belongs to its period': store(
    'Math.floor(datum.timestamp / tier.resolution) * tier.resolution',
    'Math.ceil(datum.timestamp / tier.resolution) * tier.resolution',
  ),
};

const resources: Mutations = {
  'a change of a table reaches the function in the shape that Lambda delivers': streams(
    'ApproximateCreationDateTime: Math.floor(createdAt / 1000)',
    'ApproximateCreationDateTime: createdAt',
  ),
  'a deployment over a table that is there changes neither names nor data': table(
    'existing ?? (await create',
    '(await create',
  ),
  'a table whose keys, indexes or stream change is refused': table(
    'table.StreamSpecification?.StreamViewType,\n  ]);',
    '  ]);',
  ),
  'an object is read as it was put': worksOnce(
    'const server = await startFauxqs({',
    "process.emitWarning('');\nBuffer.concat = () => Buffer.from('');\nconst server = await startFauxqs({",
  ),
  'a bucket has a name of at most 63 characters': s3(
    "'BucketName', provider, 63)",
    "'BucketName', provider, 64)",
  ),
  'given-up records are put into a bucket with their payload': destinations(
    'Key: key, Body: body,',
    "Key: key, Body: '{}' ,",
  ),
  'a generated secret has the length asked for, without the characters excluded': secretStore(
    '!options.ExcludeCharacters.includes(character)',
    "character !== ' '",
  ),
  'a generated password stands under its key in the template': secretStore(
    'JSON.stringify({ ...template, [options.GenerateStringKey]: password })',
    'JSON.stringify({ [options.GenerateStringKey]: password })',
  ),
  'GetSecretValue finds a secret by its ARN and by its name': secretStore(
    'known === id || known.endsWith(`:secret:${id}`)',
    'known === id',
  ),
  'a secret that is not there is a ResourceNotFoundException': secretsManager(
    "__type: 'ResourceNotFoundException'",
    "__type: 'InternalServiceError'",
  ),
  'a dynamic reference is resolved to the secret, or to one of its keys': references(
    'return key ? String(JSON.parse(found)[key]) : found;',
    'return found;',
  ),
};

export const partMutations: Mutations = { ...functions, ...http, ...alarmMutations, ...resources };
