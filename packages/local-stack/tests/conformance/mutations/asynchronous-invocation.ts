import { inFile, type Mutations } from './mutation.ts';

const queue = inFile('asynchronous-invocation/event-queue.ts');
const configuration = inFile('asynchronous-invocation/configuration.ts');
const record = inFile('asynchronous-invocation/invocation-record.ts');
const destinations = inFile('asynchronous-invocation/destinations.ts');
const rights = inFile('iam/mappings.ts');

export const asynchronousMutations: Mutations = {
  'a failing asynchronous invocation is retried after one and two minutes': queue(
    '[60_000, 120_000]',
    '[60_000, 60_000]',
  ),
  'a success ends the event, and it is not run again': queue(
    "if (result.kind === 'success') return await end(event, configuration, 'Success', result);",
    '',
  ),
  'every try has the event and the request id of the first': queue(
    'invoke(functionName, payload, { requestId }',
    'invoke(functionName, payload, { requestId: randomUUID() }',
  ),
  'MaximumRetryAttempts bounds the retries: 0, 1 or 2': queue(
    'event.invocations > configuration.maximumRetryAttempts',
    'event.invocations > 2',
  ),
  'a throttled event comes back after a second, doubling up to five minutes, for up to six hours': queue(
    'most: 300_000',
    'most: 600_000',
  ),
  'throttles are no tries: the retries are left': queue(
    'event = await putBack({ ...event, setbacks }, result.kind, detail, configuration);',
    'event = await putBack({ ...event, setbacks, invocations: event.invocations + 1 }, result.kind, detail, configuration);',
  ),
  'an error of Lambda itself is handled as a throttle is': queue(
    "if (result.kind === 'throttled' || result.kind === 'unreachable') {",
    "if (result.kind === 'unreachable') return;\n      if (result.kind === 'throttled') {",
  ),
  'an event over its maximum age is discarded': configuration(
    'maximumEventAgeMs: (config?.MaximumEventAgeInSeconds ??',
    'maximumEventAgeMs: (undefined ??',
  ),
  'an event whose next retry would come too late is discarded when its age is reached': queue(
    'const nextAt = Math.min(clock.now() + wait, event.acceptedAt + maximumEventAgeMs);',
    'const nextAt = clock.now() + wait;',
  ),
  'with a reserved concurrency of zero events are given up at once, without a try': queue(
    'if (reservedConcurrencyOf(functionName) === 0)',
    'if (reservedConcurrencyOf(functionName) === -1)',
  ),
  'events that wait for a retry survive a kill, and wait on': queue(
    'const kept = keep({ ...event, nextAt });',
    'const kept = { ...event, nextAt };',
  ),
  'an event that was at the function when the stack was killed is run again': queue(
    '    queued.set(event.requestId, event);\n    store.save(event);',
    '    queued.set(event.requestId, event);',
  ),
  'what a stop cuts off is no failed try of the function': queue(
    "if (result.kind === 'error' && stopping.signal.aborted) return;",
    '',
  ),
  'Lambda counts asynchronous events that it takes and drops, and their age': queue(
    "measure(functionName, 'AsyncEventAge', age, 'Milliseconds');",
    "measure(functionName, 'AsyncEventAge', 0, 'Milliseconds');",
  ),
  'a given-up event is told to the on-failure destination, in the documented shape': record(
    'requestPayload: payload,',
    '',
  ),
  'a success is told to the on-success destination, and to no other': queue(
    "condition === 'Success' ? onSuccess : onFailure",
    'onFailure',
  ),
  'an event over its age is told with the condition EventAgeExceeded': queue(
    "'EventAgeExceeded', last)",
    "'RetriesExhausted', last)",
  ),
  'the record of an event that never ran holds no response': record(
    '  ...(result && {\n    responseContext: {\n      statusCode: 200,',
    '  ...({\n    responsePayload: null }),\n  ...(result && {\n    responseContext: {\n      statusCode: 200,',
  ),
  'a dead-letter queue of the function gets the event itself, with what went wrong': record(
    'RequestID: requestId,',
    "RequestID: '',",
  ),
  'in a dead-letter queue stands the first kilobyte of the error message': record('1_024', '1_025'),
  'a dead-letter queue and an on-failure destination both get what was given up': queue(
    "const destination = condition === 'Success' ? onSuccess : onFailure;",
    "const destination = condition === 'Success' ? onSuccess : deadLetters ? undefined : onFailure;",
  ),
  'DestinationDeliveryFailures and DeadLetterErrors count what could not be told': queue(
    "note(deadLetters, 'DeadLetterErrors', error);",
    "note(deadLetters, 'DestinationDeliveryFailures', error);",
  ),
  'a destination that is away for a moment is tried three times': queue('[1_000, 2_000]', '[1_000]'),
  'queues and topics get the record as their message': destinations(
    'await sns.send(new PublishCommand({ TopicArn: arn, Message: body }));',
    "await sns.send(new PublishCommand({ TopicArn: arn, Message: '{}' }));",
  ),
  'a function gets the record as its event': destinations(
    'await invoke(arn, record);',
    'await invoke(arn, body);',
  ),
  'an event bus gets an event of the source lambda with the record as its detail': destinations(
    'Resources: [functionArn, arn]',
    'Resources: [functionArn]',
  ),
  'a bucket gets an object under aws/lambda/async, the function and the date': record(
    'aws/lambda/async/${functionName}/${date',
    'aws/lambda/${functionName}/${date',
  ),
  'a message in a dead-letter queue has the attributes RequestID, ErrorCode and ErrorMessage': destinations(
    "ErrorCode: { DataType: 'Number'",
    "ErrorCode: { DataType: 'String'",
  ),
  'numbers of an EventInvokeConfig outside their ranges are refused': configuration('.max(21_600)', ''),
  'a destination is a standard queue, a standard topic, a function or a bus; of failures also a bucket':
    configuration("const isFifo = arn.endsWith('.fifo');", 'const isFifo = false;'),
  'a dead-letter queue of a function is a standard queue or topic': configuration(
    "destinationOf(['sqs', 'sns'], 'a standard queue or",
    "destinationOf(['sqs', 'sns', 'lambda'], 'a standard queue or",
  ),
  'a role must be allowed to write to the destinations of asynchronous events': rights(
    "'PutFunctionEventInvokeConfig', need) !== undefined)",
    "'PutFunctionEventInvokeConfig', need) === undefined)",
  ),
};
