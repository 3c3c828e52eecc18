import fc from 'fast-check';
import { messageOf } from '../../../lib/broadcast/pack.ts';
import { postEventOf } from '../../../lib/events/post-event.ts';
import type {
  FilterPolicyScope,
  TopicMessage,
  TopicMessageAttribute,
} from '../../../packages/local-stack/src/topics/filter-policy.ts';
import { postChange } from '../../../tests/events/arbitraries.ts';

/** A message on a topic. */
export interface Published extends TopicMessage {
  /** In its body, by which it is known again. */
  id: string;
}

/** A subscription's policy. */
export interface Policy {
  scope: FilterPolicyScope;
  policy: Readonly<Record<string, unknown>>;
}

const word = fc.constantFrom(
  'rain',
  'Rain',
  'rainbow',
  'bow',
  'STRASSE',
  'straße',
  '10.0.0.7',
  '10.0.1.7',
  '5',
);
const number = fc.constantFrom(-1, 0, 4.99999, 5, 100, 1_000_000_000);
const key = fc.constantFrom('a', 'b');

const range = fc.tuple(number, number).filter(([from, to]) => from < to);
const numeric = fc.oneof(
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), number).map((one): unknown[] => one),
  fc
    .tuple(fc.constantFrom('>', '>='), fc.constantFrom('<', '<='), range)
    .map(([from, to, [low, high]]): unknown[] => [from, low, to, high]),
);
const excluded = fc.oneof(
  word,
  fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
  fc.uniqueArray(number, { minLength: 1, maxLength: 3 }),
  word.map((prefix) => ({ prefix })),
  word.map((suffix) => ({ suffix })),
);
const condition: fc.Arbitrary<unknown> = fc.oneof(
  word,
  number,
  fc.boolean().map((exists) => ({ exists })),
  word.map((text) => ({ prefix: text.slice(0, 3) })),
  word.map((text) => ({ suffix: text.slice(-2) })),
  word.map((text) => ({ 'equals-ignore-case': text.toLowerCase() })),
  word.map((text) => ({ wildcard: `${text.slice(0, 2)}*${text.slice(-1)}` })),
  fc.constantFrom('10.0.0.0/24', '10.0.0.0/16').map((cidr) => ({ cidr })),
  excluded.map((value) => ({ 'anything-but': value })),
  numeric.map((value) => ({ numeric: value })),
);
const conditions = fc.array(condition, { minLength: 1, maxLength: 2 });
const plain: fc.Arbitrary<Policy['policy']> = fc.dictionary(key, conditions, { minKeys: 1, maxKeys: 2 });
const either = fc
  .tuple(fc.dictionary(fc.constant('c'), conditions, { maxKeys: 1 }), fc.tuple(conditions, conditions))
  .map(([more, [a, b]]): Policy['policy'] => ({ ...more, $or: [{ a }, { b }] }));
const nested = conditions.map((c): Policy['policy'] => ({ detail: { c } }));

/** Any policy of the documented operators. */
export const policy: fc.Arbitrary<Policy> = fc.oneof(
  { weight: 3, arbitrary: plain.map((of) => ({ scope: 'MessageAttributes' as const, policy: of })) },
  { weight: 1, arbitrary: either.map((of) => ({ scope: 'MessageAttributes' as const, policy: of })) },
  {
    weight: 1,
    arbitrary: fc.oneof(plain, nested).map((of) => ({ scope: 'MessageBody' as const, policy: of })),
  },
);

const attribute: fc.Arbitrary<TopicMessageAttribute> = fc.oneof(
  { weight: 3, arbitrary: word.map((StringValue) => ({ DataType: 'String', StringValue })) },
  { weight: 2, arbitrary: number.map((value) => ({ DataType: 'Number', StringValue: `${value}` })) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof(word, number), { minLength: 1, maxLength: 3 })
      .map((values) => ({ DataType: 'String.Array', StringValue: JSON.stringify(values) })),
  },
  { weight: 1, arbitrary: fc.constant({ DataType: 'Binary', BinaryValue: 'cmFpbg==' }) },
);
const value = fc.oneof(word, number, fc.array(fc.oneof(word, number), { minLength: 1, maxLength: 2 }));
const body = fc.oneof(
  fc.record(
    { a: value, b: value, detail: fc.record({ c: value }, { requiredKeys: [] }) },
    { requiredKeys: [] },
  ),
  fc.constant('plain'),
);

/** Any message whose attributes and body such policies can look at. */
export const messages = (count: number): fc.Arbitrary<Published[]> =>
  fc
    .array(
      fc.record({
        body,
        attributes: fc.dictionary(fc.constantFrom('a', 'b', 'c'), attribute, { maxKeys: 3 }),
      }),
      { minLength: count, maxLength: count },
    )
    .map((drawn) =>
      drawn.map(({ body: content, attributes }, index) => ({
        id: `m${index}`,
        body:
          typeof content === 'string'
            ? `m${index} ${content}`
            : JSON.stringify({ ...content, id: `m${index}` }),
        attributes,
      })),
    );

/** Events as the broadcaster publishes them. */
export const events = (count: number): fc.Arbitrary<Published[]> =>
  fc.array(postChange, { minLength: count, maxLength: count }).map((changes) =>
    changes.map((change, index) => {
      const id = `m${index}`;
      const occurredAt = '2026-11-20T06:30:00.000Z';
      const message = messageOf(postEventOf(change, { eventId: id, occurredAt, correlationId: id }), index);
      return {
        id,
        body: message.body,
        attributes: Object.fromEntries(
          Object.entries(message.attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      };
    }),
  );
