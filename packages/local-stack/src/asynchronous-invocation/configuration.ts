import { z } from 'zod';

/** Where Lambda may send what became of an asynchronous event. */
export interface Destination {
  readonly kind: 'sqs' | 'sns' | 's3' | 'lambda' | 'events';
  readonly arn: string;
}

/** How the asynchronous events of one function are handled. */
export interface AsynchronousConfiguration {
  readonly functionName: string;
  readonly functionArn: string;
  /** 0 to 2. */
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeMs: number;
  readonly onSuccess?: Destination;
  readonly onFailure?: Destination;
  /** Gets the event itself when it is discarded: a queue or a topic. */
  readonly deadLetters?: Destination;
}

const KIND_OF_SERVICE: Readonly<Record<string, Destination['kind']>> = {
  sqs: 'sqs',
  sns: 'sns',
  s3: 's3',
  lambda: 'lambda',
  events: 'events',
};

const destinationOf = (kinds: readonly Destination['kind'][], what: string) =>
  z.string().transform((arn, context): Destination => {
    const kind = KIND_OF_SERVICE[arn.split(':')[2] ?? ''];
    const isFifo = arn.endsWith('.fifo');
    if (kind === undefined || !kinds.includes(kind) || isFifo) {
      context.addIssue({ code: 'custom', message: `"${arn}" is not ${what}` });
      return z.NEVER;
    }
    return { kind, arn };
  });

const Target = (kinds: readonly Destination['kind'][], what: string) =>
  z.strictObject({ Destination: destinationOf(kinds, what).optional() });

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html */
const EventInvokeConfig = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(21_600).optional(),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(2).optional(),
  DestinationConfig: z
    .strictObject({
      OnSuccess: Target(
        ['sqs', 'sns', 'lambda', 'events'],
        'a standard queue, a standard topic, a function or an event bus',
      ).optional(),
      OnFailure: Target(
        ['sqs', 'sns', 's3', 'lambda', 'events'],
        'a standard queue, a standard topic, a bucket, a function or an event bus',
      ).optional(),
    })
    .optional(),
});

const FunctionProperties = z.looseObject({
  DeadLetterConfig: z
    .strictObject({
      TargetArn: destinationOf(['sqs', 'sns'], 'a standard queue or a standard topic').optional(),
    })
    .optional(),
});

const SIX_HOURS_MS = 6 * 3_600_000;

/** @throws {z.ZodError} for what Lambda would refuse */
export const parseEventInvokeConfig = (properties: unknown) => EventInvokeConfig.parse(properties);

/** @throws {z.ZodError} when its dead-letter queue is neither a queue nor a topic */
export const parseDeadLetterConfig = (properties: unknown): Destination | undefined =>
  FunctionProperties.parse(properties).DeadLetterConfig?.TargetArn;

/**
 * Reads how each function's asynchronous events are handled: from its `DeadLetterConfig` and the
 * `AWS::Lambda::EventInvokeConfig` that names it, whichever version or alias that is for: one runs here.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 */
export const asynchronousConfigurations = (
  functions: readonly { functionName: string; functionArn: string; properties: unknown }[],
  eventInvokeConfigs: readonly unknown[],
): AsynchronousConfiguration[] => {
  const configs = eventInvokeConfigs.map(parseEventInvokeConfig);
  return functions.map(({ functionName, functionArn, properties }) => {
    const config = configs.find(({ FunctionName }) => functionNameIn(FunctionName) === functionName);
    const deadLetters = parseDeadLetterConfig(properties);
    const onSuccess = config?.DestinationConfig?.OnSuccess?.Destination;
    const onFailure = config?.DestinationConfig?.OnFailure?.Destination;
    return {
      functionName,
      functionArn,
      maximumRetryAttempts: config?.MaximumRetryAttempts ?? 2,
      maximumEventAgeMs: (config?.MaximumEventAgeInSeconds ?? SIX_HOURS_MS / 1_000) * 1_000,
      ...(onSuccess && { onSuccess }),
      ...(onFailure && { onFailure }),
      ...(deadLetters && { deadLetters }),
    };
  });
};

/** The name in a function's name, ARN or partial ARN, optionally followed by a version or alias. */
export const functionNameIn = (reference: string): string => {
  const [, afterFunction] = /(?:^|:)function:(.+)$/.exec(reference) ?? [];
  return (afterFunction ?? reference).split(':')[0] ?? reference;
};
