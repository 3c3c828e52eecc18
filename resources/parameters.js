// Everything that `--param <name>=<value>` can set. docs/operations.md says what each parameter does.
const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { z } = require('zod');

/** @param allowed completes "must be …", for the operator and the documentation */
const mustBe = (allowed, schema) => schema.meta({ allowed });

const oneOf = (...values) => mustBe(values.join(' or '), z.enum(values));

const wholeNumber = (min, max) =>
  mustBe(
    `a whole number from ${min.toLocaleString('en-US')} to ${max.toLocaleString('en-US')}`,
    z
      .string()
      .regex(/^(0|[1-9]\d*)$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
  );

/** `''`, the default in serverless.yml, becomes undefined. */
const nothingOr = (schema) =>
  mustBe(
    `nothing or ${schema.meta().allowed}`,
    z
      .literal('')
      .transform(() => undefined)
      .or(schema),
  );

const switched = oneOf('on', 'off');

// Browsers send an origin without a path, and API Gateway compares it as text.
const isOrigin = (text) =>
  /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
const isIssuer = (text) => /^https:\/\/[^\s?#@]+$/.test(text) && URL.canParse(text);

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const LOG_RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];
const KEY_ARN =
  /^arn:aws[\w-]*:kms:([\w-]+):\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

const PARAMETERS = z.strictObject({
  retainData: mustBe(
    'true or false',
    z.enum(['true', 'false']).transform((text) => text === 'true'),
  ),
  alarmEmail: nothingOr(mustBe('an email address', z.email())),
  issuer: nothingOr(
    mustBe('an https URL without query and fragment, as in the iss claim', z.string().refine(isIssuer)),
  ),
  audience: nothingOr(mustBe('the aud claim, without spaces', z.string().regex(/^\S+$/))),
  corsOrigins: mustBe(
    '* or origins such as https://www.example.com, without a path or a slash at the end, separated by commas',
    z
      .string()
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .refine((origins) => origins.join() === '*' || origins.every(isOrigin))
      .refine((origins) => new Set(origins).size === origins.length),
  ),
  apiRateLimit: wholeNumber(1, 100_000),
  apiBurstLimit: wholeNumber(1, 100_000),
  // Reserving needs 100 units that are left unreserved; a new account may have 10 in all.
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
  searchReservedConcurrency: nothingOr(wholeNumber(1, 100_000)),
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency
  concurrency: wholeNumber(2, 1_000),
  batchingWindow: wholeNumber(0, 300),
  tracing: oneOf('Active', 'PassThrough'),
  topicTracePolicy: switched,
  logLevel: oneOf('DEBUG', 'INFO', 'WARN', 'ERROR'),
  logRetentionInDays: mustBe(
    `one of ${LOG_RETENTION_DAYS.join(', ')}`,
    z.enum(LOG_RETENTION_DAYS.map(String)).transform(Number),
  ),
  failureRetentionInDays: wholeNumber(1, 3_650),
  maxReadUnits: nothingOr(wholeNumber(1, 1_000_000)),
  maxWriteUnits: nothingOr(wholeNumber(1, 1_000_000)),
  customerKey: nothingOr(
    mustBe(
      'create or the ARN of a KMS key in the region of the stack',
      z.literal('create').or(z.string().regex(KEY_ARN)),
    ),
  ),
  search: oneOf('dynamodb', 'opensearch'),
  moderation: oneOf('rules', 'comprehend', 'rules,comprehend'),
  toxicityThreshold: mustBe(
    'a number above 0 up to 1, such as 0.7',
    z
      .string()
      .regex(/^(0\.\d+|1(\.0+)?)$/)
      .transform(Number)
      .pipe(z.number().positive()),
  ),
  archive: switched,
  // A batch of more than ten messages needs a window.
  archiveWindow: wholeNumber(1, 300),
  archiveRetentionInDays: wholeNumber(1, 3_650),
  reminders: switched,
  // SQS holds messages back for at most 15 minutes.
  reminderDelay: wholeNumber(0, 900),
});

// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const MAX_FUNCTION_NAME = 64;
const camelCase = (folder) => folder.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const longestFunctionKey = () =>
  Math.max(...readdirSync(join(__dirname, '../functions')).map((folder) => camelCase(folder).length));

/** `--stage` is part of every function's name: `<service>-<stage>-<function>`. */
const stageOf = (service) => {
  const max = MAX_FUNCTION_NAME - service.length - longestFunctionKey() - 2;
  return mustBe(
    `lower-case letters, digits and hyphens, at most ${max} of them, beginning with a letter`,
    z
      .string()
      .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/)
      .max(max),
  );
};

const schemaFor = (service) => PARAMETERS.extend({ stage: stageOf(service) });

const problemsOf = (schema, values, { code, keys, path: [name] }) => {
  if (code !== 'unrecognized_keys') {
    return [`${name} must be ${schema.shape[name].meta().allowed} and is "${values[name]}"`];
  }
  return keys.map((key) => {
    const meant = Object.keys(schema.shape).find((known) => known.toLowerCase() === key.toLowerCase());
    return `${key} is not a parameter${meant ? `: is ${meant} meant?` : ' (docs/operations.md lists them)'}`;
  });
};

/** Between parameters that are right by themselves. */
const contradictionsIn = ({ issuer, audience, customerKey }, region) => {
  const keyRegion = KEY_ARN.exec(customerKey)?.[1];
  return [
    ...(!issuer && audience ? ['issuer must be given with audience and is ""'] : []),
    ...(issuer && !audience ? ['audience must be given with issuer and is ""'] : []),
    ...(keyRegion && keyRegion !== region
      ? [`customerKey must be a key in ${region} and is "${customerKey}"`]
      : []),
  ];
};

/**
 * @param values of all parameters and of `stage`, as they were given
 * @returns numbers, booleans, texts, a list of origins; undefined for nothing
 * @throws naming everything that is wrong
 */
const parseParameters = (values, { service, region }) => {
  const schema = schemaFor(service);
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  const { data, error } = schema.safeParse(texts);
  const problems = [
    ...(error?.issues ?? []).flatMap((issue) => problemsOf(schema, texts, issue)),
    ...contradictionsIn(texts, region),
  ];
  if (problems.length > 0) throw invalidParameters(problems);
  return data;
};

const invalidParameters = (problems) => {
  const message = ['invalid parameters', ...new Set(problems)].join('\n    ');
  // The framework prints the stack of what a configuration file throws.
  return Object.assign(new Error(message), { stack: message });
};

module.exports = {
  parseParameters,
  invalidParameters,
  parameterNames: Object.keys(PARAMETERS.shape),
  schemaFor,
};
