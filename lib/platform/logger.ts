import { AsyncLocalStorage } from 'node:async_hooks';
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

type Keys = Readonly<Record<string, unknown>>;

/** The fields whose text is written. Any other text is redacted, so that no content, token or key reaches the log. */
const READABLE = new Set([
  ...['requestId', 'correlationId', 'messageId', 'eventId', 'sequenceNumber', 'postId', 'userId', 'deviceId'],
  ...['method', 'route', 'location', 'caller', 'problem', 'change', 'kind', 'status', 'phase', 'labels'],
  ...['outcome', 'reason', 'object', 'replayed', 'after', 'code'],
]);

/** In error messages: JSON Web Tokens, and the paths of URLs. */
const SECRETS = /\beyJ[\w-]+\.[\w-]+\.[\w-]+|(?<=\bhttps?:\/\/[^\s/]+\/)[^\s"'<>)]+/g;

/** Objects may be cyclic. */
const MAX_DEPTH = 8;

const keysInHand = new AsyncLocalStorage<Keys>();

/**
 * Adds `keys` to every line that `work` logs. The messages of a batch share the logger, which therefore cannot keep
 * their keys itself.
 */
export const withLogKeys = <Result>(keys: Keys, work: () => Result): Result =>
  keysInHand.run({ ...keysInHand.getStore(), ...keys }, work);

/** Runs `work` without the keys of the current message. */
export const withoutLogKeys = <Result>(work: () => Result): Result => keysInHand.exit(work);

/** What is logged of an error. Its other properties are left out: SDK errors carry whole items and requests. */
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

/** The usual fields of Powertools, and the redacted rest. */
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
 * The function's logger, configured by POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL.
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export const logger = new Logger({ logFormatter: new RedactingFormatter() });
