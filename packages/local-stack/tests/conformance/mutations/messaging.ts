import { inFile, type Mutations } from './mutation.ts';

const corrections = inFile('engines/queue-corrections.ts');
const moves = inFile('engines/message-move-tasks.ts');
const depths = inFile('queue-metrics/fauxqs-queue-depths.ts');
const policy = inFile('topics/filter-policy.ts');
const delivery = inFile('topics/delivery.ts');
const topics = inFile('engines/topic-delivery.ts');

const noExpiry = corrections(
  'removeMessages(queue, ({ sentTimestamp }) => sentTimestamp <= sentBefore);',
  'removeMessages(queue, ({ sentTimestamp }) => sentTimestamp < 0 && sentBefore > 0);',
);
const noNumbers = policy(
  "  if (type !== 'Number') return [StringValue];",
  "  if (type !== 'Number') return [StringValue, Number(StringValue)];",
);

export const messagingMutations: Mutations = {
  'a message that is older than the retention period is deleted': noExpiry,
  'a dead-letter queue keeps messages counting from when they were first sent': corrections(
    '    movedAt: Date.now(),\n',
    '    movedAt: Date.now(),\n    sentTimestamp: Date.now(),\n',
  ),
  'a visibility timeout ends 12 hours after the message was received': corrections(
    '> receivedAt + MAX_VISIBILITY_SECONDS * 1000)',
    '> Date.now() + MAX_VISIBILITY_SECONDS * 1000)',
  ),
  'a receipt handle of an earlier receive deletes nothing': corrections(
    'lastReceiptHandle === receiptHandle);',
    'lastReceiptHandle !== undefined);',
  ),
  'the latest receipt handle deletes even after its visibility timeout': corrections(
    '      inFlight.message.lastReceiptHandle = ReceiptHandle;\n',
    '',
  ),
  'a message that moves to a dead-letter queue keeps its count of receives, and the move is none':
    corrections(
      'approximateReceiveCount: message.approximateReceiveCount - 1,',
      'approximateReceiveCount: message.approximateReceiveCount,',
    ),
  'at most 120,000 messages of a queue are in flight': corrections(
    'MAX_IN_FLIGHT = 120_000',
    'MAX_IN_FLIGHT = 120_001',
  ),
  'a standard queue may deliver messages twice and in any order': corrections(
    'DOUBLES_SHARE = 0.1',
    'DOUBLES_SHARE = 0',
  ),
  'a message may hold every character of XML 1.0': corrections('\\u{10000}-\\u{10FFFF}]/u', ']/u'),
  'StartMessageMoveTask brings the messages of a dead-letter queue back to the queues they came from': moves(
    'sources.find(({ arn }) => arn === message.movedFrom) ?? first',
    'first',
  ),
  'StartMessageMoveTask takes a destination of its own': moves(
    '(destination ?? origin).enqueue(message);',
    'origin.enqueue(message);',
  ),
  'StartMessageMoveTask refuses a queue that is no dead-letter queue of a queue, as that of a subscription':
    moves('    const [first] = sources;\n', '    const [first = source] = sources;\n'),
  'ApproximateAgeOfOldestMessage leaves out messages that were received three times and not deleted': depths(
    'POISON_RECEIVES = 3',
    'POISON_RECEIVES = 4',
  ),
  'ApproximateAgeOfOldestMessage of a dead-letter queue counts from the move': depths(
    'since: movedAt ?? sentTimestamp',
    'since: movedAt === undefined ? sentTimestamp : sentTimestamp',
  ),
  'policy: a text matches exactly, and a list means any of them': policy(
    'conditions.some((condition) => condition(values.get(name)))',
    'conditions.every((condition) => condition(values.get(name)))',
  ),
  'policy: every key must match': policy('[...branch].every(([name', '[...branch].some(([name'),
  'policy: $or needs one of its alternatives': policy(
    'branches.some((branch) =>',
    'branches.every((branch) =>',
  ),
  'policy: of a String.Array one element must match': policy(
    '    return elements.data;',
    '    return elements.data && [StringValue];',
  ),
  'policy: a String.Array may hold numbers, true, false and null': policy(
    'z.union([z.string(), z.number(), z.boolean(), z.null()])',
    'z.string()',
  ),
  'policy: numbers match Number attributes, never texts': noNumbers,
  'policy: a numeric range has a lower and an upper bound': policy(
    'terms.every(({ sign, bound })',
    'terms.some(({ sign, bound })',
  ),
  'policy: numbers range from -10^9 to 10^9': policy('Math.abs(number) > MAX_NUMBER', 'number > MAX_NUMBER'),
  'policy: anything-but matches every other value, and of an array one other element': policy(
    'return some((value) => !excluded.some((other) => other === value));',
    'return (values) => values?.every((value) => !excluded.some((other) => other === value)) ?? false;',
  ),
  'policy: anything-but takes a prefix': policy(
    "return some((value) => typeof value !== 'string' || !matches(value));",
    "return some((value) => typeof value !== 'string' || matches(value));",
  ),
  'policy: prefix, suffix and equals-ignore-case': policy('text.endsWith(operand)', 'text.includes(operand)'),
  'policy: wildcard stands for any characters': policy(".join('.*')", ".join('.')"),
  'policy: cidr matches addresses of a network': policy(
    'isIP(text) === version && list.check(text, family)',
    'isIP(text) === version && list !== undefined',
  ),
  'policy: exists and does not exist': policy('(values !== undefined) === operand', 'values !== undefined'),
  'policy: a message without attributes passes no attribute policy': policy(
    "if (Object.keys(attributes).length === 0) return 'NoMessageAttributes';",
    '',
  ),
  'policy: binary attributes are not looked at': policy("if (type === 'Binary') return 'binary';", ''),
  'policy: an empty policy lets everything through': policy(
    'if (Object.keys(policy).length === 0) return { filteredOut: () => undefined, unmetKeys: () => [] };',
    '',
  ),
  'policy: MessageBody looks into the body, at nested keys too': policy(
    "collect(inner, path === '' ? key : `${path}.${key}`, values);",
    'collect(inner, key, values);',
  ),
  'policy: a body that is no JSON object passes no body policy': policy(
    "if (values === undefined) return 'InvalidMessageBody';",
    'if (values === undefined) return undefined;',
  ),
  'policy: of the arrays in a body one element must match': policy(
    'if (Array.isArray(value)) for (const element of value) collect(element, path, values);',
    'if (Array.isArray(value)) collect(value[0], path, values);',
  ),
  'policy: at most five keys': policy('MAX_KEYS = 5', 'MAX_KEYS = 6'),
  'policy: at most 150 combinations of values, counted with $or and depth': policy(
    'product * conditions.length * depth',
    'product * conditions.length',
  ),
  'policy: what SNS does not understand is refused when it is set': policy(
    "if (first.bound >= second.bound) throw refuse('Bottom must be less than top');",
    '',
  ),
  'policy: attributes have no nested keys': policy(
    "} else if (isObject(value) && scope === 'MessageBody')",
    '} else if (isObject(value))',
  ),
  'a raw delivery is the message as it was published, with its attributes': topics(
    'enqueue(queue, text, isRaw ? attributes : {}, published)',
    'SqsStore.createMessage(text, {})',
  ),
  'without raw delivery the body is a notification with the message in it': topics(
    'enqueue(queue, text, isRaw ? attributes : {}, published)',
    'SqsStore.createMessage(text, attributes)',
  ),
  'more than ten attributes are not delivered raw: a client error': delivery(
    'MAX_ATTRIBUTES_OF_A_RAW_MESSAGE = 10',
    'MAX_ATTRIBUTES_OF_A_RAW_MESSAGE = 11',
  ),
  'more than ten attributes are delivered without raw delivery': delivery(
    'if (isRaw && count >',
    'if (count >',
  ),
  'a delivery with a client error goes to the dead-letter queue of its subscription, at once': topics(
    'deadLetterQueue && enqueue(deadLetterQueue, text, reasonsOf(error), published);',
    'deadLetterQueue && SqsStore.createMessage(text, reasonsOf(error));',
  ),
  'a queue that is gone is a client error': topics(
    'if (deadLetters === undefined || !error) return {',
    'if (deadLetters === undefined || !error || !queue) return {',
  ),
  'a message over the maximum size of its queue is a client error': delivery(
    'if (bytes > queue.maximumMessageBytes)',
    'if (bytes > 10 * queue.maximumMessageBytes)',
  ),
  'a message in the dead-letter queue of a subscription says why: RequestID, ErrorCode, ErrorMessage': topics(
    "ErrorCode: { DataType: 'String', StringValue: code },",
    "ErrorCode: { DataType: 'String', StringValue: '400' },",
  ),
  'a changed filter policy decides from then on': topics(
    'const key = `${scope} ${text}`;',
    'const key = `${scope}`;',
  ),
  'a policy that SNS does not take is refused by Subscribe and by SetSubscriptionAttributes': topics(
    "action === 'SetSubscriptionAttributes'",
    "action === 'SetTopicAttributes'",
  ),
  'PublishBatch names the entries that it refuses in Failed': topics(
    '<SenderFault>true</SenderFault>',
    '<SenderFault>false</SenderFault>',
  ),
  'PublishBatch takes at most ten entries, 256 KB together, each under an id of its own': topics(
    'if (bytes > MAX_PUBLISH_BYTES)\n',
    'if (bytes > 2 * MAX_PUBLISH_BYTES)\n',
  ),
  'a message is at most 256 KB and not empty': topics(
    'MAX_PUBLISH_BYTES = 262_144',
    'MAX_PUBLISH_BYTES = 262_143',
  ),
  'SNS counts what is published, delivered and filtered out, by topic': topics(
    "count('NumberOfNotificationsFilteredOut');",
    '',
  ),
  'SNS counts deliveries that failed, were redriven, and could not be': topics(
    "'NumberOfNotificationsFailedToRedriveToDlq'",
    "'NumberOfNotificationsRedrivenToDlq'",
  ),
};
