import { inFile, type Mutations } from './mutation.ts';

const expression = inFile('event-bridge/schedule-expression.ts');
const definitions = inFile('event-bridge/definitions.ts');
const schedules = inFile('event-bridge/schedules.ts');
const input = inFile('event-bridge/target-input.ts');
const delivery = inFile('event-bridge/delivery.ts');
const buses = inFile('event-bridge/event-buses.ts');
const api = inFile('event-bridge/api.ts');
const rule = inFile('event-source-mappings/filter/rule.ts');
const pattern = inFile('event-source-mappings/filter/pattern.ts');
const resourceTypes = inFile('provisioning/resource-types.ts');
const targets = inFile('iam/targets.ts');
const operations = inFile('iam/operations/index.ts');

const ofSchedules: Mutations = {
  'a rate fires every so many minutes, hours or days': expression('/ period) + 1)', '/ period) + 2)'),
  'the unit of a rate of 1 is singular, of more it is plural': expression(
    "if ((count === 1) === unit.endsWith('s'))",
    'if (count < 0)',
  ),
  'a rate is a whole number above zero of minutes, hours or days': expression(' || count < 1', ''),
  'cron has six fields: minutes, hours, day of month, month, day of week, year': expression(
    'const FIELDS = 6;',
    'const FIELDS = 7;',
  ),
  'one of the day of the month and the day of the week is a question mark': expression(
    "if ((dayOfMonth === '?') === (dayOfWeek === '?'))",
    "if (dayOfMonth === '?' && dayOfWeek === '?')",
  ),
  'days of the week count from 1 for Sunday': expression(
    'alternativeWeekdays: true',
    'alternativeWeekdays: false',
  ),
  'lists, ranges and steps stand in cron fields': expression('sloppyRanges: true', 'sloppyRanges: false'),
  'L, W and # choose days: the last, the nearest weekday, the third Friday': expression(
    "parts[4] = '7'",
    "parts[4] = '1'",
  ),
  'rules are in UTC, schedules of Scheduler in a time zone of their own': expression(
    "mode: '7-part', timezone }",
    "mode: '7-part', timezone: 'UTC' }",
  ),
  'at fires once, in the time zone of the schedule, and only in Scheduler': expression(
    'new Cron(local, { paused: true, timezone })',
    "new Cron(local, { paused: true, timezone: 'UTC' })",
  ),
  'a schedule fires from its start date to its end date': schedules(
    'return next === undefined || next > end ? undefined : next;',
    'return next;',
  ),
  'a disabled rule or schedule does not fire': schedules('if (one.enabled) void run(one);', 'void run(one);'),
  'a scheduled rule hands its target the documented event': schedules(
    "'detail-type': 'Scheduled Event'",
    "'detail-type': 'Schedule'",
  ),
  'a schedule without an input hands its function the event of Scheduler': schedules("{} : '{}'", '{} : {}'),
  'keywords in the input of a schedule are replaced': schedules('String(attempt)', "'1'"),
  'a schedule can be fired by hand, one that is disabled too': schedules(
    'if (one) return fire(one, clock.now());',
    'if (one?.enabled) return fire(one, clock.now());',
  ),
  'what was due while the stack or its machine slept fires once, not again and again': schedules(
    'after = Math.max(next, clock.now());',
    'after = next;',
  ),
  'schedules are only on the default event bus': definitions(
    "ScheduleExpression === undefined || busNameIn(EventBusName) === 'default'",
    'ScheduleExpression === undefined || EventBusName !== undefined',
  ),
  'a rule has a pattern or a schedule': definitions(
    'EventPattern !== undefined || ScheduleExpression !== undefined',
    'EventPattern !== undefined || ScheduleExpression !== null',
  ),
  'schedules of both kinds fire their functions with their inputs': schedules(
    "    sender.kind === 'rule'\n            ? text",
    "    sender.kind !== 'rule'\n            ? text",
  ),
  'Scheduler must be allowed to assume the role of a schedule': targets(
    'return decision.allowed ? [] :',
    'return decision ? [] :',
  ),
  'a schedule does only what its role allows': targets(
    ': judge.decideForRole(roleArn, context, asked);',
    ': undefined;',
  ),
};

const ofBuses: Mutations = {
  'a rule sees the events of its bus only': buses('busNameIn(busArn) === bus && matches', 'matches'),
  'every rule that matches gets the event, and each of its targets': buses(
    'return rule.targets.map(',
    'return rule.targets.slice(0, 1).map(',
  ),
  'a disabled rule matches nothing': buses('enabled && busNameIn', 'busNameIn'),
  'a pattern looks at source, detail-type and the rest of the envelope': buses(
    "'detail-type': DetailType, source: Source,",
    "'detail-type': Source, source: Source,",
  ),
  'patterns compare numbers': rule(
    "'<=': (left, right) => left <= right,",
    "'<=': (left, right) => left < right,",
  ),
  'patterns know prefix, suffix, equals-ignore-case and anything-but': rule(
    'return (leaf) => text(leaf)?.endsWith(suffix) ?? false;',
    'return (leaf) => text(leaf)?.startsWith(suffix) ?? false;',
  ),
  'patterns know exists and $or': pattern(
    'branches.some((branch) => branch(event))',
    'branches.every((branch) => branch(event))',
  ),
  'a wildcard stands for any characters': rule("return '.*';", "return '.+';"),
  'cidr matches the addresses of a block': rule(
    'isIP(leaf) === version && block.check(leaf, family)',
    'isIP(leaf) === version && !block.check(leaf, family)',
  ),
  'a pattern that EventBridge does not take is refused': rule(
    "if (pattern.includes('**')) throw",
    "if (pattern.includes('***')) throw",
  ),
  'PutEvents answers each entry in its place, with an id or an error': buses(
    "if (!isJsonObject(entry.Detail ?? '')) return refuse('MalformedDetail', 'Detail is malformed.');",
    '',
  ),
  'source, detail type and detail are required, each entry by itself': buses(
    "['Source', 'DetailType', 'Detail']",
    "['Source', 'Detail']",
  ),
  'sources that begin with aws. are for AWS alone': buses("startsWith('aws.')", "startsWith('awz.')"),
  'PutEvents takes 1 to 10 entries': api('const MAX_ENTRIES = 10;', 'const MAX_ENTRIES = 11;'),
  'the entries of a request take at most 256 KB together': api('262_144', '2_621_440'),
  'an event has the time that it is given, to the second': buses('Time * 1_000', 'Time'),
  'an event for a bus that the template does not declare is taken, and told as lost': buses(
    'if (!buses.has(bus)) {',
    "if (bus === '') {",
  ),
  'a rule invokes a function and sends to a queue': definitions(
    'input: inputOf(given) }',
    "input: { kind: 'event' } }",
  ),
  'a function puts events where its role lets it, by bus, source and detail type': operations(
    "'events:source': Source,",
    '',
  ),
  'a rule needs to be let in by the policy of its function or queue': targets(
    '? judge.decideForService(service, context, asked)',
    '? undefined',
  ),
  'archives and replays, API destinations, connections and pipes are refused by name': resourceTypes(
    "  [/^AWS::Events::Archive$/, 'archives of events, and their replay, are not served'],\n",
    '',
  ),
};

const ofTargets: Mutations = {
  'a target gets the event as it is': buses('resources: Resources, detail:', 'resources: [region], detail:'),
  'Input replaces the event, InputPath takes a part of it': input('value[Number(step)]', 'value[0]'),
  'an input template has values in and out of quotes': input(
    'return isQuoted ? inQuotes(value) :',
    'return isQuoted ? asText(value) :',
  ),
  'an input template may be a sentence': input(' || isPlainText(template))', ')'),
  'predefined variables name the rule and hold the event': input(
    "'aws.events.event': withoutDetail,",
    "'aws.events.event': event,",
  ),
  'a value that is not there is nothing in a text, and null in JSON': input(
    "value === undefined ? '' : JSON.stringify(asText(value)).slice(1, -1);",
    'JSON.stringify(asText(value ?? null)).slice(1, -1);',
  ),
  'a function gets the text of an input as JSON, or as a string': delivery(
    'ports.invoke(target.arn, parsed(text), sender.arn)',
    'ports.invoke(target.arn, text, sender.arn)',
  ),
  'one target takes one of Input, InputPath and InputTransformer': definitions(
    'filter((one) => one !== undefined).length > 1',
    'filter((one) => one !== undefined).length > 2',
  ),
  'a path that EventBridge does not read is refused': definitions('.refine(isPath,', '.refine(() => true,'),
  'a rule has at most five targets': definitions('z.array(RuleTarget).max(5)', 'z.array(RuleTarget)'),
  'a target that is away is tried again, with longer and longer waits': delivery(
    'RETRY_MS.first * 2 ** (number - 1)',
    'RETRY_MS.first * 3 ** (number - 1)',
  ),
  'a target is tried for 24 hours and 185 times by default': definitions('.default(185)', '.default(184)'),
  'RetryPolicy bounds the tries of a target': delivery(
    'if (number > target.maximumRetryAttempts)',
    'if (number > target.maximumRetryAttempts + 1)',
  ),
  'RetryPolicy bounds the age of an event': delivery(
    'clock.now() + wait - since > target.maximumEventAgeMs',
    'clock.now() - since > target.maximumEventAgeMs',
  ),
  'an error that no try mends sends the event to the dead-letter queue at once': delivery(
    'ERROR_CODE: code, ERROR_MESSAGE: message',
    'ERROR_CODE: message, ERROR_MESSAGE: code',
  ),
  'a target that does not let the rule in is not tried again': delivery(
    "{ code: 'NO_PERMISSIONS', message: refused, isForGood: true }",
    "{ code: 'NO_PERMISSIONS', message: refused, isForGood: false }",
  ),
  'without a dead-letter queue what was given up is lost, and told': delivery(
    "if (deadLetterArn === undefined) return lost('; there is no dead-letter queue');",
    'if (deadLetterArn === undefined) return;',
  ),
  'a dead-letter queue that does not let the rule in gets nothing either': delivery(
    'if (refused !== undefined) throw new Error(refused);',
    '',
  ),
  'a schedule has its dead-letter queue, too': delivery(
    '{ SCHEDULE_ARN: sender.arn }',
    '{ RULE_ARN: sender.arn }',
  ),
  'EventBridge counts matched events, invocations and failures by rule': buses(
    "['MatchedEvents', 'TriggeredRules']",
    "['MatchedEvents']",
  ),
  'targets other than functions and queues are refused by name': definitions(
    'only functions and queues are served as targets, not ${arn}',
    'not served',
  ),
};

export const eventBridgeMutations: Mutations = { ...ofSchedules, ...ofBuses, ...ofTargets };
