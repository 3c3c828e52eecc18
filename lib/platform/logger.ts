import { AsyncLocalStorage } from 'node:async_hooks';
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

type Keys = Readonly<Record<string, unknown>>;

/**
 * The fields whose text may be written. Any other text reads `[redacted]`: what users write, tokens, push endpoints and
 * keys cannot reach the log under a name that nobody thought of. Numbers and booleans are always written.
 */
const READABLE = new Set([
  ...['requestId', 'correlationId', 'messageId', 'eventId', 'sequenceNumber', 'postId', 'userId', 'deviceId'],
  ...['method', 'route', 'location', 'caller', 'problem', 'change', 'kind', 'status', 'phase', 'labels'],
  ...['outcome', 'reason', 'object', 'replayed', 'after', 'code'],
]);

/** What error messages quote although nobody should read it: JSON Web Tokens, and the paths of URLs. */
const SECRETS = /\beyJ[\w-]+\.[\w-]+\.[\w-]+|(?<=\bhttps?:\/\/[^\s/]+\/)[^\s"'<>)]+/g;

/** Of objects in objects: what is below may lead back to itself. */
const MAX_DEPTH = 8;

const keysInHand = new AsyncLocalStorage<Keys>();

/**
 * Runs `work`; every line that is logged meanwhile carries `keys`, besides those of an outer call. Messages of a batch
 * are handled side by side by one logger, so their keys cannot be kept in it.
 */
export const withLogKeys = <Result>(keys: Keys, work: () => Result): Result =>
  keysInHand.run({ ...keysInHand.getStore(), ...keys }, work);

/** Runs `work` outside of any message: what it logs is about all of them. */
export const withoutLogKeys = <Result>(work: () => Result): Result => keysInHand.exit(work);

/**
 * What may be told of an error: its name, message, place and causes. Its own properties are left out, because they carry
 * whole items and requests along.
 */
export const factsOf = ({ name, message, stack = '', cause, ...own }: Error, depth = 0) => ({
  name,
  // A parser quotes what it could not parse.
  message: name === 'SyntaxError' ? 'cannot be parsed' : message.replace(SECRETS, '[redacted]'),
  ...('code' in own && { code: redact('code', own.code, depth) }),
  stack: stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n'),
  ...(cause !== undefined && { cause: redact('cause', cause, depth) }),
});

const redact = (name: string, value: unknown, depth: number): unknown => {
  if (depth > MAX_DEPTH) return '[redacted]';
  if (Error.isError(value)) return factsOf(value, depth + 1);
  if (Array.isArray(value)) return value.map((item) => redact(name, item, depth + 1));
  if (typeof value === 'object' && value !== null) return redactFields(value, depth + 1);
  return typeof value === 'string' && !READABLE.has(name) ? '[redacted]' : value;
};

const redactFields = (fields: object, depth = 0): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redact(name, value, depth)]));

/** Writes the usual fields of Powertools, and of everything else what may be read. */
class RedactingFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, details: LogAttributes): LogItem {
    const { logLevel, message, timestamp, serviceName, lambdaContext, xRayTraceId } = attributes;
    return new LogItem({
      attributes: {
        level: logLevel,
        message,
        timestamp: this.formatTimestamp(timestamp),
        service: serviceName,
        cold_start: lambdaContext?.coldStart,
        function_name: lambdaContext?.functionName,
        function_request_id: lambdaContext?.awsRequestId,
        xray_trace_id: xRayTraceId,
        ...redactFields({ ...keysInHand.getStore(), ...details }),
      },
    });
  }
}

/**
 * The structured log of a function: one JSON object a line. Service name and level come from POWERTOOLS_SERVICE_NAME
 * and POWERTOOLS_LOG_LEVEL.
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export const logger = new Logger({ logFormatter: new RedactingFormatter() });
