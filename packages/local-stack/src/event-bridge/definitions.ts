import { z } from 'zod';
import { compilePattern, exact, InvalidPattern } from '../event-source-mappings/index.ts';
import {
  InvalidScheduleExpression,
  parseScheduleExpression,
  type ScheduleExpression,
} from './schedule-expression.ts';
import { type BusEvent, isPath, type TargetInput } from './target-input.ts';

/** What a rule or schedule sends to. */
export interface Target {
  /** Of the rule's target; of a schedule, its only one. */
  readonly id: string;
  readonly arn: string;
  readonly kind: 'lambda' | 'sqs';
  readonly input: TargetInput;
  /** Under which Scheduler sends; a rule is let in by the target's own policy. */
  readonly roleArn?: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeMs: number;
  readonly deadLetterArn?: string;
}

/** What sends to targets. */
interface Sender {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
}

export interface Rule extends Sender {
  readonly kind: 'rule';
  /** The ARN of its event bus. */
  readonly busArn: string;
  readonly matches?: (event: BusEvent) => boolean;
  /** As written, for people. */
  readonly pattern?: unknown;
  readonly expression?: ScheduleExpression;
  /** As written, for people. */
  readonly expressionText?: string;
  readonly targets: readonly Target[];
}

export interface Schedule extends Sender {
  readonly kind: 'schedule';
  readonly group: string;
  readonly expression: ScheduleExpression;
  readonly expressionText: string;
  /** Unix milliseconds. */
  readonly start?: number;
  readonly end?: number;
  readonly targets: readonly [Target];
}

const DAY_SECONDS = 86_400;
const RetryPolicy = z.strictObject({
  MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(DAY_SECONDS).default(DAY_SECONDS),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(185).default(185),
});
const DeadLetterConfig = z.strictObject({ Arn: z.string().optional() });

const path = z.string().refine(isPath, { error: 'is not a JSON path that EventBridge reads' });

/** The service in an ARN, which must be one whose targets are served. */
const kindOf = z.string().transform((arn, context): Target['kind'] => {
  const [, , service] = arn.split(':');
  if (service === 'lambda' || service === 'sqs') return service;
  context.addIssue({
    code: 'custom',
    message: `only functions and queues are served as targets, not ${arn}`,
  });
  return z.NEVER;
});

const RuleTarget = z.strictObject({
  Id: z.string().min(1).max(64),
  Arn: z.string(),
  Input: z.string().optional(),
  InputPath: path.optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string(), path).default({}),
      InputTemplate: z.string().min(1).max(8_192),
    })
    .optional(),
  RetryPolicy: RetryPolicy.prefault({}),
  DeadLetterConfig: DeadLetterConfig.default({}),
  RoleArn: z.string().optional(),
});

const State = z.string().default('ENABLED');

const RuleProperties = z
  .looseObject({
    Name: z.string().optional(),
    EventBusName: z.string().default('default'),
    EventPattern: z.unknown().optional(),
    ScheduleExpression: z.string().optional(),
    State,
    Targets: z.array(RuleTarget).max(5).default([]),
  })
  .refine(
    ({ EventPattern, ScheduleExpression }) => EventPattern !== undefined || ScheduleExpression !== undefined,
    {
      error: 'a rule has an EventPattern, a ScheduleExpression, or both',
    },
  )
  .refine(
    ({ EventBusName, ScheduleExpression }) =>
      ScheduleExpression === undefined || busNameIn(EventBusName) === 'default',
    { error: 'ScheduleExpression is supported only on the default event bus' },
  );

/** The name in an event bus's name or ARN. */
export const busNameIn = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const refusing = <Result>(read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidPattern)
      throw new Error(`Event pattern is not valid. Reason: ${error.message}`, { cause: error });
    if (error instanceof InvalidScheduleExpression)
      throw new Error(`Parameter ScheduleExpression is not valid: ${error.message}`, { cause: error });
    throw error;
  }
};

const inputOf = (given: z.infer<typeof RuleTarget>): TargetInput => {
  const { Input: text, InputPath, InputTransformer } = given;
  if ([text, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1)
    throw new Error('a target takes one of Input, InputPath and InputTransformer');
  if (text !== undefined) return { kind: 'constant', text };
  if (InputPath !== undefined) return { kind: 'path', path: InputPath };
  if (InputTransformer)
    return {
      kind: 'template',
      template: InputTransformer.InputTemplate,
      paths: InputTransformer.InputPathsMap,
    };
  return { kind: 'event' };
};

const targetOf = (given: z.infer<typeof RuleTarget>): Target => ({
  ...{ id: given.Id, arn: given.Arn, kind: kindOf.parse(given.Arn), input: inputOf(given) },
  ...(given.RoleArn !== undefined && { roleArn: given.RoleArn }),
  maximumRetryAttempts: given.RetryPolicy.MaximumRetryAttempts,
  maximumEventAgeMs: given.RetryPolicy.MaximumEventAgeInSeconds * 1_000,
  ...(given.DeadLetterConfig.Arn !== undefined && { deadLetterArn: given.DeadLetterConfig.Arn }),
});

/** What a rule is on, and its names. */
interface Identified {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

/**
 * Reads an `AWS::Events::Rule`.
 * @throws {z.ZodError} {Error} for what EventBridge would refuse, or what is not served
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
 */
export const parseRule = (properties: unknown, { logicalId, name, arn }: Identified): Rule => {
  const given = RuleProperties.parse(properties);
  const { EventPattern: pattern, ScheduleExpression: expression, EventBusName } = given;
  const [, , , region, account] = arn.split(':');
  const matches = pattern === undefined ? undefined : refusing(() => patternOf(pattern));
  return {
    ...{ kind: 'rule', logicalId, name, arn, enabled: given.State !== 'DISABLED' },
    busArn: EventBusName.startsWith('arn:')
      ? EventBusName
      : `arn:aws:events:${region}:${account}:event-bus/${EventBusName}`,
    ...(matches && { matches, pattern }),
    ...(expression !== undefined && {
      expression: refusing(() => parseScheduleExpression(expression)),
      expressionText: expression,
    }),
    targets: given.Targets.map(targetOf),
  };
};

const patternOf = (pattern: unknown): ((event: BusEvent) => boolean) => {
  const text = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  const { matches } = compilePattern(text, 'EventBridge');
  return (event) => matches(exact(event));
};

/** The rule's names, from its properties alone: others refer to it before it is read. */
export const busNameOfRule = (properties: unknown): string => {
  const { EventBusName } = z.looseObject({ EventBusName: z.string().default('default') }).parse(properties);
  return busNameIn(EventBusName);
};

const ScheduleProperties = z.looseObject({
  GroupName: z.string().default('default'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().optional(),
  StartDate: z.coerce.date().optional(),
  EndDate: z.coerce.date().optional(),
  State,
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.coerce.number().optional(),
  }),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().optional(),
    RetryPolicy: RetryPolicy.prefault({}),
    DeadLetterConfig: DeadLetterConfig.default({}),
  }),
});

/** The group in a schedule's properties, which is part of its ARN. */
export const groupOfSchedule = (properties: unknown): string =>
  z.looseObject({ GroupName: z.string().default('default') }).parse(properties).GroupName;

/**
 * Reads an `AWS::Scheduler::Schedule`.
 * @throws {z.ZodError} {Error} for what Scheduler would refuse, or what is not served
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
 */
export const parseSchedule = (properties: unknown, { logicalId, name, arn }: Identified): Schedule => {
  const given = ScheduleProperties.parse(properties);
  const { ScheduleExpression: expressionText, ScheduleExpressionTimezone: timezone, Target: to } = given;
  const { Input: text } = to;
  return {
    ...{
      kind: 'schedule',
      logicalId,
      name,
      arn,
      enabled: given.State !== 'DISABLED',
      group: given.GroupName,
    },
    expression: refusing(() => parseScheduleExpression(expressionText, { timezone, allowsAt: true })),
    expressionText: timezone === undefined ? expressionText : `${expressionText} ${timezone}`,
    ...(given.StartDate && { start: given.StartDate.getTime() }),
    ...(given.EndDate && { end: given.EndDate.getTime() }),
    targets: [
      {
        ...{ id: name, arn: to.Arn, kind: kindOf.parse(to.Arn), roleArn: to.RoleArn },
        input: text === undefined ? { kind: 'event' } : { kind: 'constant', text },
        maximumRetryAttempts: to.RetryPolicy.MaximumRetryAttempts,
        maximumEventAgeMs: to.RetryPolicy.MaximumEventAgeInSeconds * 1_000,
        ...(to.DeadLetterConfig.Arn !== undefined && { deadLetterArn: to.DeadLetterConfig.Arn }),
      },
    ],
  };
};
