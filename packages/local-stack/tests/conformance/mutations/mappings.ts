import { inFile, type Mutations } from './mutation.ts';

const parse = inFile('event-source-mappings/parse.ts');
const mapping = inFile('event-source-mappings/mapping.ts');
const rule = inFile('event-source-mappings/filter/rule.ts');
const pattern = inFile('event-source-mappings/filter/pattern.ts');
const filter = inFile('event-source-mappings/filter/filter.ts');
const runner = inFile('event-source-mappings/streams/runner.ts');
const shard = inFile('event-source-mappings/streams/shard.ts');
const progress = inFile('event-source-mappings/streams/progress.ts');
const pages = inFile('event-source-mappings/streams/pages.ts');
const start = inFile('event-source-mappings/start.ts');
const record = inFile('event-source-mappings/streams/record.ts');
const dynamodbStreams = inFile('event-source-mappings/adapters/dynamodb-streams.ts');
const lane = inFile('event-source-mappings/streams/lane.ts');
const backoff = inFile('event-source-mappings/backoff.ts');
const deliver = inFile('event-source-mappings/streams/deliver.ts');
const response = inFile('event-source-mappings/batch-response.ts');
const invoke = inFile('event-source-mappings/invoke-batch.ts');
const discard = inFile('event-source-mappings/streams/discard.ts');
const failure = inFile('event-source-mappings/streams/failure-record.ts');
const gather = inFile('event-source-mappings/queues/gather.ts');
const queue = inFile('event-source-mappings/queues/runner.ts');
const messages = inFile('event-source-mappings/queues/deliver.ts');
const message = inFile('event-source-mappings/queues/message.ts');
const concurrency = inFile('event-source-mappings/queues/concurrency.ts');
const metrics = inFile('event-source-mappings/metrics.ts');
const context = inFile('event-source-mappings/context.ts');
const queueMetrics = inFile('queue-metrics/queue-metrics.ts');

/** Every failed list of identifiers is taken for none. */
const failuresPass = response(
  "if (!list.success) return { kind: 'failure' };",
  "if (!list.success) return { kind: 'success' };",
);
const unknownIgnored = response(
  "for (const identifier of failed) if (!identifiers.has(identifier)) return { kind: 'failure' };",
  '',
);
const nullListFails = response(
  "if (batchItemFailures === null || batchItemFailures === undefined) return { kind: 'success' };",
  '',
);
const errorsResolve = deliver(
  "await failedFrom(alive, alive.records, answered('Unhandled'), false);",
  'await ports.resolved(alive.records);',
);

const configuration: Mutations = {
  'a stream mapping defaults to batches of 100, no window, one lane and retries without end': parse(
    'BatchSize: integer(1, 10_000).default(100)',
    'BatchSize: integer(1, 10_000).default(10)',
  ),
  'a queue mapping defaults to batches of 10 and no window': parse(
    'BatchSize: integer(1, 10_000).default(10),\n  ProvisionedPollerConfig',
    'BatchSize: integer(1, 10_000).default(1),\n  ProvisionedPollerConfig',
  ),
  'a stream mapping must say where it starts': parse(
    "StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),",
    "StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('LATEST'),",
  ),
  'numbers outside their documented ranges are refused': parse(
    'z.int().min(minimum).max(maximum),',
    'z.int().min(minimum),',
  ),
  'a queue batch of more than 10 needs a batching window of at least 1 second': parse(
    'parsed.data.BatchSize > 10 &&',
    'parsed.data.BatchSize > 10_000 &&',
  ),
  'an on-failure destination is a standard queue, a standard topic or a bucket': parse(
    ".refine((arn) => !arn.endsWith('.fifo'), {\n    message: 'must be a standard",
    ".refine(() => true, {\n    message: 'must be a standard",
  ),
  'properties of other event sources are refused by name': parse(
    'elsewhere.has(key)\n        ?',
    'key === key.toLowerCase()\n        ?',
  ),
  'a mapping may have up to five filters, ten after a quota increase': parse('.max(10)\n', '.max(11)\n'),
  'a function is named by its name, its ARN or an ARN with an alias': parse(
    '(?<name>[A-Za-z0-9-_]+)(?::(?<qualifier>[A-Za-z0-9-_$]+))?$/;',
    '(?<name>[A-Za-z0-9-_]+)$/;',
  ),
  'a mapping keeps its UUID for its life, and another event source makes another mapping': mapping(
    '`${logicalId}\\n${eventSourceArn}`',
    'logicalId',
  ),
};

const filters: Mutations = {
  'without filter criteria every record is delivered': shard(
    'if (mapping.filter && !mapping.filter(event)) filtered += 1;',
    'if (!mapping.filter?.(event)) filtered += 1;',
  ),
  'equals: strings match character by character, and a list means any of them': pattern(
    'return rules.some((rule) => (found.length === 0 ? rule(undefined) : found.some(rule)));',
    'return rules.every((rule) => (found.length === 0 ? rule(undefined) : found.some(rule)));',
  ),
  'numbers match by their text: 300, 300.0 and 3.0e2 differ': rule(
    'leaf.text === expected.text',
    'leaf.value === expected.value',
  ),
  'null and empty string match themselves only': rule(
    '  return (leaf) => leaf === expected;',
    '  return (leaf) => (leaf || null) === (expected || null);',
  ),
  'and: every named field must match': pattern(
    'return (event) => parts.every((part) => part(event));',
    'return (event) => parts.some((part) => part(event));',
  ),
  'or over several fields with $or': pattern(
    'return (event) => branches.some((branch) => branch(event));',
    'return (event) => branches.every((branch) => branch(event));',
  ),
  'begins with': rule('text(leaf)?.startsWith(prefix)', 'text(leaf)?.includes(prefix)'),
  'ends with': rule('text(leaf)?.endsWith(suffix)', 'text(leaf)?.includes(suffix)'),
  'equals ignoring case': rule('fold(leaf) === folded;', 'leaf === folded;'),
  'anything-but: one value or a list of them, and the field must be there': rule(
    'return (leaf) => leaf !== undefined && !rules.some((rule) => rule(leaf));',
    'return (leaf) => !rules.some((rule) => rule(leaf));',
  ),
  'anything-but with prefix, suffix and equals-ignore-case': rule(
    'prefixes.some((prefix) => leaf.startsWith(prefix))',
    'prefixes.every((prefix) => leaf.startsWith(prefix) && leaf === prefix)',
  ),
  'exists and does not exist work on leaves': rule('(leaf !== undefined) === operand', 'leaf !== undefined'),
  'exists never matches an intermediate node': pattern(
    'element !== undefined && !isObject(element)',
    'element !== undefined',
  ),
  'numeric comparisons match JSON numbers': rule(
    "'<=': (left, right) => left <= right,",
    "'<=': (left, right) => left < right,",
  ),
  'numeric comparisons never match DynamoDB numbers, which are strings in the record': rule(
    '    leaf instanceof JsonNumber &&\n    terms.every(({ sign, bound }) => comparisons[sign]?.(leaf.value, bound) ?? false);',
    '    leaf !== undefined &&\n    terms.every(({ sign, bound }) => comparisons[sign]?.(Number(leaf instanceof JsonNumber ? leaf.value : leaf), bound) ?? false);',
  ),
  'several filters are joined by or': filter(
    'return compiled.some((matches) => matches(event));',
    'return compiled.every((matches) => matches(event));',
  ),
  'invalid patterns are refused when the mapping is made': pattern(
    'if (source.length === 0) throw new InvalidPattern(`"${key}" holds an empty list`);',
    '',
  ),
  'a filtered stream record moves the iterator and is never delivered': shard(
    'if (mapping.filter && !mapping.filter(event)) filtered += 1;\n        else {',
    'if (mapping.filter && !mapping.filter(event)) filtered += 1;\n        {',
  ),
  'a filtered message is deleted from its queue': gather('      await drop(rest);\n', ''),
  'a plain body under a JSON pattern is dropped, and a JSON body under a plain pattern too': filter(
    "(format === 'none' || (format === 'json') === body.json) && matches(event)",
    'matches(event)',
  ),
  'a pattern without body rules looks at the message attributes whatever the body is': filter(
    "(format === 'none' || (format === 'json') === body.json)",
    "((format !== 'text') === body.json)",
  ),
};

const reading: Mutations = {
  'TRIM_HORIZON starts with the oldest record there is': runner(
    "const latest = mapping.startingPosition === 'LATEST';",
    'const latest = mapping.batchSize > 0;',
  ),
  'LATEST leaves out what was written before the mapping': runner(
    "const latest = mapping.startingPosition === 'LATEST';",
    'const latest = mapping.batchSize === 0;',
  ),
  'LATEST counts from the first start: what is written while the mapping is down is delivered': runner(
    'if (!begun && checkpoints.size === 0) await begin(shards);',
    'if (!begun) await begin(shards);',
  ),
  'a child shard is read only after everything of its parent is processed': runner(
    'if (parentShardId !== undefined && known.has(parentShardId) && !isDone(parentShardId)) continue;',
    'if (parentShardId !== undefined && !known.has(parentShardId)) continue;',
  ),
  'shards without relation are processed at the same time': runner(
    'if (readers.has(shardId) || isDone(shardId)) continue;',
    'if (readers.size > 0 || isDone(shardId)) continue;',
  ),
  'a shard that appears later is found and read from its start': runner(
    'if (!begun && checkpoints.size === 0) await begin(shards);',
    'if (begun || checkpoints.size === 0) await begin(shards);',
  ),
  'a restart goes on after the checkpoint and delivers nothing twice that was resolved': shard(
    '          workedUntil = clock.now();\n          await saver.save();',
    '          workedUntil = clock.now();',
  ),
  'a batch that had not succeeded before a stop is delivered again': errorsResolve,
  'an expired iterator and failing reads lose nothing': pages(
    '        iterator = undefined;\n        setbacks += 1;',
    '        setbacks += 1;',
  ),
  'records trimmed while the mapping was down are gone; it goes on with the oldest left': pages(
    '          fromHorizon = true;\n',
    '',
  ),
  'a disabled mapping delivers nothing, and once enabled goes on where it was': start(
    'if (entry.mapping.enabled) start(entry);',
    'start(entry);',
  ),
  'the event has the documented shape, with the creation time in seconds': record(
    'return { ...record.body, awsRegion, eventSourceARN: streamArn };',
    "return { ...record.body, awsRegion, eventSourceARN: streamArn, eventName: 'MODIFY' };",
  ),
  'a write that changes nothing leaves no stream record': dynamodbStreams(
    "if ('SS' in value) return { SS: value.SS.toSorted() };",
    '',
  ),
  'a changed parallelization factor begins after what every lane had resolved': progress(
    'through: kept ? (kept[lane] ?? null) : lowest,',
    'through: restored?.lanes[lane] ?? lowest,',
  ),
};

const batches: Mutations = {
  'a batch holds at most BatchSize records, in the order of the shard': lane(
    'if (count === batchSize) return { count, full: true };',
    'if (count > batchSize) return { count, full: true };',
  ),
  'without a window a single record is sent alone as soon as it is there': lane(
    'if (full || left <= 0) {',
    'if (full) {',
  ),
  'with a window records are gathered until it is over': lane('if (full || left <= 0) {', 'if (count > 0) {'),
  'a full batch does not wait for the end of the window': lane(
    'if (full || left <= 0) {',
    'if (left <= 0) {',
  ),
  'a batch ends before its payload exceeds 6 MB': context(
    'maximumPayloadBytes = 6 * 1024 * 1024',
    'maximumPayloadBytes = 7 * 1024 * 1024',
  ),
  'filtering comes before batching: filtered records take no place in a batch': shard(
    'if (mapping.filter && !mapping.filter(event)) filtered += 1;\n        else {',
    'if (mapping.filter && !mapping.filter(event)) filtered += 1;\n        {',
  ),
  'one shard has one invocation at a time': shard(
    'await deliverBatch(mapping, context, shardId, batch, {',
    'void deliverBatch(mapping, context, shardId, batch, {',
  ),
  'with a parallelization factor a shard has that many invocations at a time': shard(
    'const workers = lanes.map(workOff);',
    'const workers = lanes.slice(0, 1).map(workOff);',
  ),
  'records of one item (partition and sort key) stay in one lane and in order': record(
    "return createHash('sha256').update(text).digest().readUInt32BE(0) % lanes;",
    'return Math.floor(Math.random() * lanes + text.length * 0);',
  ),
  'a failing lane does not hold up the other lanes of its shard': record(
    'if (lanes === 1) return 0;',
    'if (lanes > 0) return 0;',
  ),
};

const errors: Mutations = {
  'an error brings the whole batch again, unchanged': errorsResolve,
  'nothing later of the shard is processed while a batch fails': errorsResolve,
  'the waits between retries grow': backoff(
    'firstMs * 2 ** Math.min(failures - 1, 30)',
    'firstMs * Math.min(failures, 1)',
  ),
  'a batch is retried MaximumRetryAttempts times after its first try and then given up': deliver(
    'if (part.retries >= mapping.maximumRetryAttempts) {',
    'if (part.retries > mapping.maximumRetryAttempts) {',
  ),
  'with MaximumRetryAttempts 0 a failed batch is given up at once': deliver(
    'if (part.retries >= mapping.maximumRetryAttempts) {',
    'if (part.retries > mapping.maximumRetryAttempts) {',
  ),
  'without limits a batch is retried until its records expire after 24 hours': deliver(
    'retentionMs = 24 * 60 * 60 * 1000',
    'retentionMs = 48 * 60 * 60 * 1000',
  ),
  'records older than MaximumRecordAgeInSeconds are given up without being sent': deliver(
    'isSome(expired) ? expired : olderThan(mapping.maximumRecordAgeMs)',
    'expired',
  ),
  'a failing batch is given up once its records reach the maximum age': deliver(
    "const condition = isSome(expired) ? 'RecordExpired' : 'RecordAgeExceeded';",
    "const condition = isSome(expired) ? 'RecordExpired' : 'RetryAttemptsExhausted';",
  ),
  'a timeout of the function counts as an error': errorsResolve,
  'throttles use up no retry': deliver(
    'parts.unshift({ ...alive, setbacks });',
    'parts.unshift({ ...alive, setbacks, retries: alive.retries + 1 });',
  ),
  'throttles do not split a batch': deliver(
    'parts.unshift({ ...alive, setbacks });',
    "await failedFrom(alive, alive.records, answered('Unhandled'), false);",
  ),
  'a throttled batch is given up when it reaches the maximum age': deliver(
    'isSome(expired) ? expired : olderThan(mapping.maximumRecordAgeMs)',
    'expired',
  ),
  'an invocation that cannot be made is retried and uses up no retry': deliver(
    'parts.unshift({ ...alive, setbacks });',
    'parts.unshift({ ...alive, setbacks, retries: alive.retries + 1 });',
  ),
  'bisecting splits a failed batch in two and processes the halves in order': deliver(
    '[records.slice(0, middle), records.slice(middle)]',
    '[records.slice(middle), records.slice(0, middle)]',
  ),
  'bisecting uses up no retry': deliver(
    'parts.unshift(...halves.filter(isSome).map(fresh));',
    'parts.unshift(...halves.filter(isSome).map((half) => ({ ...fresh(half), retries: part.retries + 1 })));',
  ),
  'one poison record of 100 costs only itself: 99 succeed and the destination is told of one': deliver(
    'if (mapping.bisectBatchOnFunctionError && records.length > 1) {',
    'if (mapping.bisectBatchOnFunctionError && records.length > 2) {',
  ),
  'neighbours that are given up while bisecting make one record at the destination': deliver(
    'if (!mapping.bisectBatchOnFunctionError) await settleGivenUp();',
    'await settleGivenUp();',
  ),
};

const partial: Mutations = {
  'streams: an empty batchItemFailures list is a success': response(
    "if (failed.size === 0) return { kind: 'success' };",
    "if (failed.size === 0) return { kind: 'failure' };",
  ),
  'streams: a null batchItemFailures list is a success': nullListFails,
  'streams: an empty response is a success': nullListFails,
  'streams: a null response is a success': response(
    'z.union([z.null(), z.undefined(),',
    'z.union([z.undefined(),',
  ),
  'streams: an empty list as the response is a success': response(', z.array(z.unknown()).max(0)]', ']'),
  'streams: an empty string as the response is a success': response("z.literal(''), ", ''),
  'streams: a misspelt outer key is a success, and loses what it reports': response(
    'z.object({ batchItemFailures: z.unknown().optional() })',
    'z.strictObject({ batchItemFailures: z.unknown().optional() })',
  ),
  'streams: an empty string as itemIdentifier fails the whole batch': failuresPass,
  'streams: a null itemIdentifier fails the whole batch': failuresPass,
  'streams: an itemIdentifier with a bad key name fails the whole batch': failuresPass,
  'streams: an itemIdentifier that is not in the batch fails the whole batch': unknownIgnored,
  'streams: an itemIdentifier that is a number fails the whole batch': failuresPass,
  'streams: an unknown identifier beside a known one fails the whole batch': unknownIgnored,
  'streams: a response that is no object, or a list that is none, fails the whole batch': response(
    "if (!outer.success) return { kind: 'failure' };",
    "if (!outer.success) return { kind: 'success' };",
  ),
  'streams: a thrown error fails the whole batch whatever the response type': errorsResolve,
  'the lowest reported record is the checkpoint, and everything from it comes again': deliver(
    'alive.records.findIndex(({ sequenceNumber })',
    'alive.records.findLastIndex(({ sequenceNumber })',
  ),
  'streams: the response is ignored without ReportBatchItemFailures': invoke(
    "if (!mapping.reportBatchItemFailures) return { kind: 'success' };",
    '',
  ),
  'a reported record is retried as often as MaximumRetryAttempts says, and what failed with it is given up':
    deliver(
      'parts.unshift({ records, retries: part.retries + 1, invocations, setbacks, response });',
      'parts.unshift({ records, retries: part.retries + (split ? 0 : 1), invocations, setbacks, response });',
    ),
  'with bisecting the batch splits at the reported record, and only what remains is retried': deliver(
    'if (mapping.bisectBatchOnFunctionError && split) {',
    'if (mapping.bisectBatchOnFunctionError && split && records.length === 1) {',
  ),
  'with bisecting and reported failures together only the record that keeps failing is given up': deliver(
    'if (mapping.bisectBatchOnFunctionError && records.length > 1) {',
    'if (mapping.bisectBatchOnFunctionError && records.length > 5) {',
  ),
  'an error splits the batch in half regardless of ReportBatchItemFailures': deliver(
    'if (mapping.bisectBatchOnFunctionError && records.length > 1) {',
    'if (mapping.bisectBatchOnFunctionError && !mapping.reportBatchItemFailures) {',
  ),
};

const destinations: Mutations = {
  'an SQS destination gets the documented metadata and no data': failure(
    'batchSize: records.length',
    'batchSize: 1',
  ),
  'an SNS destination gets the documented metadata and no data': discard(
    "else if (kind === 'sns') await destinations.publish(arn, JSON.stringify(metadata));",
    "else if (kind === 'sns') await destinations.publish(arn, JSON.stringify({ ...metadata, payload: payload(records) }));",
  ),
  'an S3 destination gets the metadata and the whole event as a payload string': discard(
    'JSON.stringify({ ...metadata, payload: payload(records) })',
    'JSON.stringify(metadata)',
  ),
  'the S3 key is aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>': failure(
    "time.replaceAll(':', '.')",
    'time',
  ),
  'after a batch is given up the next records are processed': deliver(
    '    await ports.discard(records, condition, invocations, response);\n    await ports.resolved(records);',
    '    await ports.discard(records, condition, invocations, response);',
  ),
  'without a destination a given-up batch is dropped': discard(
    "  if (!onFailure) {\n    metrics.count('DroppedEventCount', records.length);",
    '  if (!onFailure) {',
  ),
  'a destination that cannot be reached is tried again, then counts as a delivery failure, and its records as dropped':
    discard(
      "    metrics.destinationDeliveryFailure();\n    metrics.count('DroppedEventCount', records.length);",
      '    metrics.destinationDeliveryFailure();',
    ),
  'the destination is told before the checkpoint moves': deliver(
    '    await ports.discard(records, condition, invocations, response);\n    await ports.resolved(records);',
    '    await ports.resolved(records);\n    await ports.discard(records, condition, invocations, response);',
  ),
  'functionError is null when the last failure was reported in batchItemFailures': deliver(
    'await failedFrom(alive, alive.records.slice(at), answered(null), at > 0);',
    'await failedFrom(alive, alive.records.slice(at), alive.response ?? answered(null), at > 0);',
  ),
};

const queues: Mutations = {
  'a batch of up to 10 comes from one receive': gather(
    'Math.min(maximum, perReceive), waitSeconds)',
    'Math.min(maximum, 1), waitSeconds)',
  ),
  'BatchSize limits what is received': gather(
    'Math.min(maximum, perReceive), waitSeconds)',
    'perReceive, waitSeconds)',
  ),
  'a batch of more than 10 is gathered by several receives within the window': gather(
    'while (!full && deadline !== undefined && !stop.aborted) {',
    'while (!full && deadline === 0 && !stop.aborted) {',
  ),
  'a window ends with what has come until then': gather(
    'if (left <= 0) break;',
    'if (left <= -60_000) break;',
  ),
  'without a window a message is sent as soon as it is there': gather(
    'deadline ??= message.receivedAt + mapping.batchingWindowMs;',
    'deadline ??= message.receivedAt + 1000 + mapping.batchingWindowMs;',
  ),
  'a batch ends before its payload exceeds 6 MB, and nothing is lost': gather(
    '            carry = [...carry, ...messages.slice(index)];\n',
    '            carry = [...carry, ...messages.slice(index + 1)];\n',
  ),
  'an idle queue is waited for by long polling, by one poller': gather(
    'wait ? longPollSeconds : 0',
    'wait ? 0 : 0',
  ),
  'an active queue has five batches processed at a time from the start': concurrency(
    'const base = 5;',
    'const base = 4;',
  ),
  'while messages wait, 300 more batches a minute are processed at a time': concurrency(
    'rampMs = 60_000 / 300',
    'rampMs = 60_000 / 60',
  ),
  'when traffic is low the pollers are few again': concurrency(
    '      limit = normal;\n    },\n    backOff',
    '    },\n    backOff',
  ),
  'MaximumConcurrency limits the invocations at a time': concurrency(
    'Math.min(maximum ?? ceiling, ceiling)',
    'Math.max(maximum ?? ceiling, ceiling)',
  ),
  'the event has the documented shape': message(
    "eventSource: 'aws:sqs', eventSourceARN,",
    "eventSource: 'aws:sqs', eventSourceARN: '',",
  ),
  'messages of a batch that succeeded are deleted': messages(
    "        return batch;\n      case 'partial'",
    "        return [];\n      case 'partial'",
  ),
  'an error leaves the whole batch in the queue, hidden until the visibility timeout ends': messages(
    'concurrency.backOff();\n        return [];',
    'concurrency.backOff();\n        return batch;',
  ),
  'a timeout of the function is an error like any other': messages(
    'concurrency.backOff();\n        return [];',
    'concurrency.backOff();\n        return batch;',
  ),
  'the redrive policy moves a message to the dead-letter queue after maxReceiveCount receives': messages(
    'concurrency.backOff();\n        return [];',
    'concurrency.backOff();\n        return batch;',
  ),
  'with ReportBatchItemFailures only the reported messages stay': messages(
    '!outcome.failed.has(event.messageId)',
    'outcome.failed.has(event.messageId)',
  ),
  'reported messages reach the dead-letter queue, the others never come twice': messages(
    'return batch.filter(({ event }) => !outcome.failed.has(event.messageId));',
    'return [];',
  ),
  'queues: an empty or null list, and an empty or null response, are a success': nullListFails,
  'queues: an unknown message id fails the whole batch': unknownIgnored,
  'queues: an empty or null itemIdentifier, or a bad key name, fails the whole batch': failuresPass,
  'queues: without ReportBatchItemFailures the response is ignored': invoke(
    "if (!mapping.reportBatchItemFailures) return { kind: 'success' };",
    '',
  ),
  'a throttled batch is tried again while its messages are hidden': messages(
    'if (clock.now() + wait >= leaseUntil) return [];',
    'if (wait > 0) return [];',
  ),
  'a throttled batch is let go when its visibility timeout ends': messages(
    'if (clock.now() + wait >= leaseUntil) return [];',
    '',
  ),
  'queues: an empty list or an empty string as the response is a success': response("z.literal(''), ", ''),
  'queues: a response that is no object, or a list that is none, fails the whole batch': response(
    "if (!outer.success) return { kind: 'failure' };",
    "if (!outer.success) return { kind: 'success' };",
  ),
  'queues: errors reduce the concurrency step by step': concurrency(
    'limit = Math.max(1, limit - 1);',
    'limit = 1;',
  ),
  'queues: successes bring the concurrency back, one step each': concurrency(
    'if (limit < normal) limit += 1;',
    '',
  ),
  'queues: throttles reduce the concurrency': messages(
    "      case 'unreachable':\n        concurrency.backOff();",
    "      case 'unreachable':",
  ),
  'queues: with ReportBatchItemFailures polling does not scale down, neither on partial failures nor on errors':
    messages('if (!mapping.reportBatchItemFailures) concurrency.backOff();', 'concurrency.backOff();'),
  'queues: a partial failure is no error: it does not scale polling down': messages(
    "case 'partial':\n        concurrency.recover();",
    "case 'partial':\n        concurrency.backOff();",
  ),
  'queues: an unknown message id beside a known one fails the whole batch': unknownIgnored,
  'queues: a throttled batch that was gathered in a window is let go when its oldest message comes back':
    messages(
      'Math.min(...batch.map(({ receivedAt }) => receivedAt))',
      'Math.max(...batch.map(({ receivedAt }) => receivedAt))',
    ),
  'a message that could not be deleted is delivered again: at least once': queue(
    "metrics.count('DeletedEventCount', handles.length - kept.length);",
    "await source.delete(queueArn, kept.length > 0 ? kept : handles);\n        metrics.count('DeletedEventCount', handles.length - kept.length);",
  ),
};

const counts: Mutations = {
  'IteratorAge is the age of the last record of each batch when it is sent, by function, in milliseconds':
    deliver(
      'context.metrics.iteratorAge(clock.now() - last.createdAt);',
      'context.metrics.iteratorAge(clock.now() - alive.records[0].createdAt + last.bytes * 0);',
    ),
  'IteratorAge grows while a batch is retried': deliver(
    'context.metrics.iteratorAge(clock.now() - last.createdAt);',
    'if (alive.setbacks === 0) context.metrics.iteratorAge(clock.now() - last.createdAt);',
  ),
  'event counts are emitted only with MetricsConfig EventCount, by mapping UUID': metrics(
    'if (!mapping.eventCountMetrics) return;',
    '',
  ),
  'PolledEventCount, FilteredOutEventCount and InvokedEventCount of a stream': shard(
    "metrics.count('FilteredOutEventCount', filtered);",
    "metrics.count('FilteredOutEventCount', records.length);",
  ),
  'PolledEventCount is zero, not missing, while there is nothing to read': metrics(
    "if (events === 0 && (name !== 'PolledEventCount' || now - polledAt < SIGN_OF_LIFE_MS)) return;",
    'if (events === 0) return;',
  ),
  'InvokedEventCount and FailedInvokeEventCount count retried events again': invoke(
    "metrics.count('InvokedEventCount', records.length);",
    "metrics.count('InvokedEventCount', 1);",
  ),
  'FailedInvokeEventCount includes events reported in batchItemFailures': invoke(
    "outcome.kind === 'partial' ? outcome.failed.size : records.length",
    "outcome.kind === 'partial' ? 0 : records.length",
  ),
  'given-up records that reach their destination count as OnFailureDestinationDeliveredEventCount, not as dropped':
    discard(
      "    metrics.count('OnFailureDestinationDeliveredEventCount', records.length);",
      "    metrics.count('OnFailureDestinationDeliveredEventCount', records.length);\n    metrics.count('DroppedEventCount', records.length);",
    ),
  'PolledEventCount, FilteredOutEventCount and InvokedEventCount of a queue': gather(
    "metrics.count('FilteredOutEventCount', rest.length);",
    "metrics.count('FilteredOutEventCount', received.length);",
  ),
  'SQS emits depth and age of the oldest message once a minute, by queue': queueMetrics(
    "emit('ApproximateNumberOfMessagesVisible', visible, 'Count');",
    "emit('ApproximateNumberOfMessagesVisible', visible + notVisible, 'Count');",
  ),
};

export const mappingMutations: Mutations = {
  ...configuration,
  ...filters,
  ...reading,
  ...batches,
  ...errors,
  ...partial,
  ...destinations,
  ...queues,
  ...counts,
};
