import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  away,
  gone,
  rule,
  ruleArn,
  schedule,
  scheduleArn,
  shopRule,
  undeliveredArn,
  withEventBridge,
  workArn,
  workerArn,
} from '../support/event-bridge-world.ts';

const holds = inArea('EventBridge: targets');

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const deadLetters = { DeadLetterConfig: { Arn: undeliveredArn } };
const toQueue = { Arn: workArn };
const failing = (count: number) => (arn: string, tried: number) =>
  arn !== undeliveredArn && tried <= count ? away() : undefined;
const always = failing(Number.POSITIVE_INFINITY);

/** What the target gets of one event. */
const got = async (target: Record<string, unknown>, detail: unknown): Promise<string | undefined> => {
  let body: string | undefined;
  await withEventBridge({ rules: [shopRule({ ...toQueue, ...target })] }, async ({ put, sent }) => {
    await put({ Detail: detail });
    body = sent[0]?.body;
  });
  return body;
};
const transformed = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) => ({
  InputTransformer: { InputTemplate, InputPathsMap },
});

export const targets: readonly Behaviour[] = [
  holds('a target gets the event as it is', pages.busEvents, async () => {
    const { id, ...event } = JSON.parse((await got({}, { total: 9 })) ?? '');
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(event, {
      ...{ version: '0', 'detail-type': 'placed', source: 'shop', account: '123456789012' },
      ...{ time: '2026-01-15T10:00:00Z', region: 'eu-central-1', resources: [], detail: { total: 9 } },
    });
  }),
  holds('Input replaces the event, InputPath takes a part of it', pages.templateTarget, async () => {
    assert.equal(await got({ Input: '{"fixed":true}' }, {}), '{"fixed":true}');
    assert.equal(await got({ InputPath: '$.detail.lines[1].name' }, { lines: [{}, { name: 'b' }] }), '"b"');
  }),
  holds('an input template has values in and out of quotes', pages.inputTransformer, async () => {
    const paths = { who: '$.detail.who', total: '$.detail.total', all: '$.detail' };
    const detail = { who: 'Ada "A" L', total: 9.5 };
    const template =
      '{"who": <who>, "text": "<who> pays <total>", "total": <total>, "all": <all>, "as": "<all>"}';
    assert.deepEqual(JSON.parse((await got(transformed(template, paths), detail)) ?? ''), {
      ...{ who: 'Ada "A" L', text: 'Ada "A" L pays 9.5', total: 9.5, all: detail },
      as: JSON.stringify(detail),
    });
  }),
  holds('an input template may be a sentence', pages.inputTransformer, async () => {
    const template = '<instance> is in state <status>';
    const paths = { instance: '$.detail.instance', status: '$.detail.status' };
    const detail = { instance: 'i-1', status: 'running' };
    assert.equal(await got(transformed(template, paths), detail), 'i-1 is in state running');
    assert.equal(await got(transformed(`"${template}"`, paths), detail), '"i-1 is in state running"');
  }),
  holds('predefined variables name the rule and hold the event', pages.inputTransformer, async () => {
    const template =
      '{"rule": <aws.events.rule-arn>, "name": "<aws.events.rule-name>", "at": <aws.events.event.ingestion-time>, ' +
      '"head": <aws.events.event>, "whole": <aws.events.event.json>}';
    const made = JSON.parse((await got(transformed(template), { total: 9 })) ?? '');
    assert.deepEqual([made.rule, made.name, made.at], [ruleArn, 'nightly', '2026-01-15T10:00:00.000Z']);
    assert.equal(made.whole.detail.total, 9);
    assert.deepEqual([made.head.source, made.head.detail], ['shop', undefined]);
  }),
  holds.decided('AWS says only that the variable is not created')(
    'a value that is not there is nothing in a text, and null in JSON',
    pages.inputTransformer,
    async () => {
      const made = await got(transformed('{"value": <x>, "text": "[<x>]"}', { x: '$.detail.x' }), {});
      assert.equal(made, '{"value": null, "text": "[]"}');
    },
  ),
  holds('a function gets the text of an input as JSON, or as a string', pages.templateTarget, () =>
    withEventBridge(
      {
        rules: [shopRule({ Input: '{"a":1}' }), shopRule(transformed('total <t>', { t: '$.detail.total' }))],
      },
      async ({ put, invoked }) => {
        await put({ Detail: { total: 9 } });
        assert.deepEqual(
          invoked.map(({ event }) => event),
          [{ a: 1 }, 'total 9'],
        );
      },
    ),
  ),
  holds('one target takes one of Input, InputPath and InputTransformer', pages.templateTarget, () => {
    assert.throws(
      () => shopRule({ Input: '{}', InputPath: '$' }),
      /one of Input, InputPath and InputTransformer/,
    );
  }),
  holds('a path that EventBridge does not read is refused', pages.inputTransformer, () => {
    for (const InputPath of ['detail', '$.detail[?(@.a)]', '$..a'])
      assert.throws(() => shopRule({ InputPath }), /JSON path/);
    shopRule({ InputPath: '$.detail-x.a_b[0]' });
  }),
  holds('a rule has at most five targets', pages.templateRule, () => {
    const Targets = Array.from({ length: 6 }, (_, index) => ({ Id: `${index}`, Arn: workerArn }));
    assert.throws(() => shopRule({}, { Targets }), /Targets/);
    assert.equal(shopRule({}, { Targets: Targets.slice(1) }).targets.length, 5);
  }),
  holds('a target that is away is tried again, with longer and longer waits', pages.ruleRetries, () =>
    withEventBridge({ rules: [shopRule()], fails: failing(3) }, async ({ put, clock, invoked }) => {
      await put();
      assert.equal(invoked.length, 0);
      await clock.advance(HOUR);
      assert.deepEqual(
        invoked.map(({ at }) => at),
        [7_000],
      );
    }),
  ),
  holds('a target is tried for 24 hours and 185 times by default', pages.ruleRetries, () => {
    const [target] = shopRule().targets;
    assert.deepEqual([target?.maximumRetryAttempts, target?.maximumEventAgeMs], [185, DAY]);
    const [scheduled] = schedule({ ScheduleExpression: 'rate(1 day)' }).targets;
    assert.deepEqual([scheduled.maximumRetryAttempts, scheduled.maximumEventAgeMs], [185, DAY]);
  }),
  holds('RetryPolicy bounds the tries of a target', pages.ruleRetries, () =>
    withEventBridge(
      { rules: [shopRule({ RetryPolicy: { MaximumRetryAttempts: 2 }, ...deadLetters })], fails: always },
      async ({ put, clock, sent, sum }) => {
        await put();
        await clock.advance(DAY);
        assert.equal(sum('Invocations'), 3);
        assert.equal(sent[0]?.attributes.EXHAUSTED_RETRY_CONDITION, 'MaximumRetryAttempts');
      },
    ),
  ),
  holds('RetryPolicy bounds the age of an event', pages.ruleRetries, () =>
    withEventBridge(
      { rules: [shopRule({ RetryPolicy: { MaximumEventAgeInSeconds: 60 }, ...deadLetters })], fails: always },
      async ({ put, clock, sent, sum }) => {
        await put();
        await clock.advance(DAY);
        // After 0, 1, 3, 7, 15 and 31 seconds.
        assert.equal(sum('Invocations'), 6);
        assert.equal(sent[0]?.attributes.EXHAUSTED_RETRY_CONDITION, 'MaximumEventAgeInSeconds');
      },
    ),
  ),
  holds('an error that no try mends sends the event to the dead-letter queue at once', pages.ruleDlq, () =>
    withEventBridge(
      {
        rules: [shopRule({ ...toQueue, Input: '{"a":1}', ...deadLetters })],
        fails: (arn) => (arn === workArn ? gone() : undefined),
      },
      async ({ put, sent, sum }) => {
        await put();
        assert.deepEqual(sent, [
          {
            arn: undeliveredArn,
            body: '{"a":1}',
            attributes: {
              ...{ RULE_ARN: ruleArn, TARGET_ARN: workArn, RETRY_ATTEMPTS: '0' },
              ...{ ERROR_CODE: 'NO_RESOURCE', ERROR_MESSAGE: 'The target is gone' },
            },
          },
        ]);
        assert.deepEqual([sum('FailedInvocations'), sum('InvocationsSentToDlq')], [1, 1]);
      },
    ),
  ),
  holds('a target that does not let the rule in is not tried again', pages.ruleDlq, () =>
    withEventBridge(
      {
        rules: [shopRule(deadLetters)],
        refusalOf: (_sender, action) => (action === 'lambda:InvokeFunction' ? 'not let in' : undefined),
      },
      async ({ put, clock, invoked, sent, sum }) => {
        await put();
        await clock.advance(DAY);
        assert.deepEqual(invoked, []);
        assert.equal(sum('Invocations'), 1);
        assert.deepEqual(
          sent.map(({ attributes }) => attributes.ERROR_CODE),
          ['NO_PERMISSIONS'],
        );
      },
    ),
  ),
  holds('without a dead-letter queue what was given up is lost, and told', pages.ruleDlq, () =>
    withEventBridge({ rules: [shopRule()], fails: () => gone() }, async ({ put, sum, logs }) => {
      await put();
      assert.equal(sum('FailedInvocations'), 1);
      assert.match(logs[0] ?? '', /got nothing.*there is no dead-letter queue/);
    }),
  ),
  holds('a dead-letter queue that does not let the rule in gets nothing either', pages.ruleDlq, () =>
    withEventBridge(
      { rules: [shopRule(deadLetters)], refusalOf: () => 'not let in' },
      async ({ put, sent, sum }) => {
        await put();
        assert.deepEqual(sent, []);
        assert.equal(sum('InvocationsFailedToBeSentToDlq'), 1);
      },
    ),
  ),
  holds('a schedule has its dead-letter queue, too', pages.schedulerDlq, () =>
    withEventBridge(
      {
        schedules: [schedule({ ScheduleExpression: 'rate(1 hour)' }, deadLetters)],
        fails: (arn) => (arn === workerArn ? gone() : undefined),
      },
      async ({ clock, sent, sum }) => {
        await clock.advance(HOUR);
        const { attributes } = sent[0] ?? {};
        assert.deepEqual([attributes?.SCHEDULE_ARN, attributes?.TARGET_ARN], [scheduleArn, workerArn]);
        assert.deepEqual([sum('InvocationDroppedCount'), sum('InvocationsSentToDeadLetterCount')], [1, 1]);
      },
    ),
  ),
  holds('EventBridge counts matched events, invocations and failures by rule', pages.eventMetrics, () =>
    withEventBridge({ rules: [shopRule()] }, async ({ put, sum, metrics }) => {
      await put();
      await put({ Source: 'other' });
      for (const name of ['MatchedEvents', 'TriggeredRules', 'Invocations']) assert.equal(sum(name), 1);
      assert.equal(sum('FailedInvocations'), 0);
      assert(
        metrics.every(
          ({ namespace, dimensions }) => namespace === 'AWS/Events' && dimensions.RuleName === 'nightly',
        ),
      );
    }),
  ),
  holds('targets other than functions and queues are refused by name', pages.templateTarget, () => {
    const Arn = 'arn:aws:kinesis:eu-central-1:123456789012:stream/s';
    assert.throws(
      () => shopRule({ Arn }),
      /only functions and queues are served as targets, not arn:aws:kinesis/,
    );
    const universal = 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage';
    assert.throws(
      () => schedule({ ScheduleExpression: 'rate(1 day)' }, { Arn: universal }),
      /only functions and queues are served as targets/,
    );
    rule({ EventPattern: { source: ['shop'] } });
  }),
];
