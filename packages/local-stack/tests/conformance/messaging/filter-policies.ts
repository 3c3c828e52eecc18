import assert from 'node:assert/strict';
import {
  compileFilterPolicy,
  type FilterPolicyScope,
  InvalidFilterPolicy,
  type TopicMessage,
} from '../../../src/topics/filter-policy.ts';
import { type Behaviour, inArea, pages, snapshots } from '../behaviour.ts';

const holds = inArea('SNS: filter policies');
const measured = holds.measured(snapshots.filterPolicies);

type Attributes = TopicMessage['attributes'];

const text = (StringValue: string): Attributes[string] => ({ DataType: 'String', StringValue });
const number = (StringValue: string): Attributes[string] => ({ DataType: 'Number', StringValue });
const list = (values: readonly unknown[]): Attributes[string] => ({
  DataType: 'String.Array',
  StringValue: JSON.stringify(values),
});

/** Whether each set of attributes passes. */
function byAttributes(policy: object, ...cases: readonly (readonly [Attributes, boolean])[]): void {
  const { filteredOut } = compileFilterPolicy(JSON.stringify(policy), 'MessageAttributes');
  for (const [attributes, passes] of cases)
    assert.equal(filteredOut({ body: '', attributes }) === undefined, passes, JSON.stringify(attributes));
}

/** Whether each body passes. */
function byBody(policy: object, ...cases: readonly (readonly [unknown, boolean])[]): void {
  const { filteredOut } = compileFilterPolicy(JSON.stringify(policy), 'MessageBody');
  for (const [body, passes] of cases)
    assert.equal(
      filteredOut({ body: typeof body === 'string' ? body : JSON.stringify(body), attributes: {} }) ===
        undefined,
      passes,
      JSON.stringify(body),
    );
}

const refused = (scope: FilterPolicyScope, ...policies: readonly unknown[]): void => {
  for (const policy of policies)
    assert.throws(() => compileFilterPolicy(JSON.stringify(policy), scope), InvalidFilterPolicy);
};

const times = (count: number) => Array.from({ length: count }, (_, index) => `value${index}`);

export const filterPolicies: readonly Behaviour[] = [
  holds('policy: a text matches exactly, and a list means any of them', pages.snsPolicyStrings, () =>
    byAttributes(
      { store: ['a', 'b'] },
      [{ store: text('b') }, true],
      [{ store: text('B') }, false],
      [{ other: text('a') }, false],
    ),
  ),
  holds('policy: every key must match', pages.snsPolicyLogic, () =>
    byAttributes(
      { store: ['a'], event: ['x'] },
      [{ store: text('a'), event: text('x') }, true],
      [{ store: text('a'), event: text('y') }, false],
    ),
  ),
  holds('policy: $or needs one of its alternatives', pages.snsPolicyLogic, () =>
    byAttributes(
      { source: ['s'], $or: [{ name: ['n'] }, { space: ['p'] }] },
      [{ source: text('s'), name: text('n') }, true],
      [{ source: text('s'), space: text('p') }, true],
      [{ source: text('s') }, false],
      [{ name: text('n') }, false],
    ),
  ),
  measured('policy: of a String.Array one element must match', pages.snsPolicies, () =>
    byAttributes(
      { store: ['value1'] },
      [{ store: list(['value1', 'value2']) }, true],
      [{ store: list(['value2', 'value3']) }, false],
      [{ store: text('["value1"]') }, false],
    ),
  ),
  holds('policy: a String.Array may hold numbers, true, false and null', pages.snsMessageAttributes, () => {
    byAttributes(
      { store: [{ numeric: ['>', 5] }] },
      [{ store: list([1, 6]) }, true],
      [{ store: list([1]) }, false],
    );
    byAttributes({ store: [true] }, [{ store: list([true]) }, true], [{ store: list(['true']) }, false]);
    byAttributes({ store: [null] }, [{ store: list([null]) }, true], [{ store: list(['a']) }, false]);
  }),
  holds('policy: numbers match Number attributes, never texts', pages.snsPolicyNumbers, () => {
    byAttributes(
      { price: [{ numeric: ['=', 301.5] }] },
      [{ price: number('301.5') }, true],
      [{ price: number('3.015e2') }, true],
      [{ price: text('301.5') }, false],
    );
    byAttributes({ price: [100] }, [{ price: number('100.0') }, true], [{ price: text('100') }, false]);
  }),
  holds('policy: a numeric range has a lower and an upper bound', pages.snsPolicyNumbers, () =>
    byAttributes(
      { price: [{ numeric: ['>', 0, '<=', 150] }] },
      [{ price: number('150') }, true],
      [{ price: number('0') }, false],
      [{ price: number('151') }, false],
    ),
  ),
  holds(
    'policy: anything-but matches every other value, and of an array one other element',
    pages.snsPolicyStrings,
    () => {
      byAttributes(
        { sport: [{ 'anything-but': ['rugby', 'tennis'] }] },
        [{ sport: text('football') }, true],
        [{ sport: text('rugby') }, false],
        [{ sport: list(['rugby', 'baseball']) }, true],
        [{ sport: list(['rugby']) }, false],
        [{ other: text('football') }, false],
      );
      byAttributes(
        { price: [{ 'anything-but': [100, 500] }] },
        [{ price: number('101') }, true],
        [{ price: number('100') }, false],
      );
    },
  ),
  holds('policy: anything-but takes a prefix', pages.snsPolicyStrings, () =>
    byAttributes(
      { event: [{ 'anything-but': { prefix: 'order-' } }] },
      [{ event: text('data-entry') }, true],
      [{ event: text('order-number') }, false],
    ),
  ),
  holds('policy: prefix, suffix and equals-ignore-case', pages.snsPolicyStrings, () => {
    byAttributes({ a: [{ prefix: 'bas' }] }, [{ a: text('baseball') }, true], [{ a: text('rugby') }, false]);
    byAttributes(
      { a: [{ suffix: 'ball' }] },
      [{ a: text('baseball') }, true],
      [{ a: text('ballet') }, false],
    );
    byAttributes(
      { a: [{ 'equals-ignore-case': 'tennis' }] },
      [{ a: text('TeNNis') }, true],
      [{ a: text('tennis2') }, false],
    );
  }),
  holds('policy: wildcard stands for any characters', pages.snsPolicyStrings, () =>
    byAttributes(
      { a: [{ wildcard: '*.exa*e' }] },
      [{ a: text('www.example') }, true],
      [{ a: text('example') }, false],
    ),
  ),
  holds('policy: cidr matches addresses of a network', pages.snsPolicyStrings, () =>
    byAttributes(
      { ip: [{ cidr: '10.0.0.0/24' }] },
      [{ ip: text('10.0.0.255') }, true],
      [{ ip: text('10.1.1.0') }, false],
      [{ ip: text('no address') }, false],
    ),
  ),
  measured('policy: exists and does not exist', pages.snsPolicyKeys, () => {
    byAttributes({ store: [{ exists: true }] }, [{ store: text('') }, true], [{ other: text('a') }, false]);
    byAttributes({ store: [{ exists: false }] }, [{ store: text('a') }, false], [{ other: text('a') }, true]);
  }),
  measured('policy: a message without attributes passes no attribute policy', pages.snsMetrics, () => {
    const { filteredOut } = compileFilterPolicy(
      JSON.stringify({ a: [null, { exists: false }] }),
      'MessageAttributes',
    );
    assert.equal(filteredOut({ body: 'm', attributes: {} }), 'NoMessageAttributes');
  }),
  holds('policy: binary attributes are not looked at', pages.snsPolicyLimits, () =>
    byAttributes({ a: [{ exists: true }] }, [{ a: { DataType: 'Binary', BinaryValue: 'YQ==' } }, false]),
  ),
  holds('policy: an empty policy lets everything through', pages.snsPolicies, () =>
    byAttributes({}, [{}, true]),
  ),
  holds('policy: MessageBody looks into the body, at nested keys too', pages.snsPolicyScope, () =>
    byBody(
      { detail: { kind: ['a'], price: [{ numeric: ['<', 10] }] } },
      [{ detail: { kind: 'a', price: 9 } }, true],
      [{ detail: { kind: 'a', price: '9' } }, false],
      [{ kind: 'a', price: 9 }, false],
    ),
  ),
  holds('policy: a body that is no JSON object passes no body policy', pages.snsPolicyScope, () =>
    byBody({ a: [{ exists: false }] }, ['plain', false], ['[1]', false], [{}, true]),
  ),
  measured('policy: of the arrays in a body one element must match', pages.snsPolicyScope, () => {
    byBody({ tags: ['x'] }, [{ tags: ['y', 'x'] }, true], [{ tags: [] }, false]);
    byBody({ list: { a: [1], b: [4] } }, [
      {
        list: [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
      },
      true,
    ]);
  }),
  holds('policy: numbers range from -10^9 to 10^9', pages.snsPolicyLimits, () => {
    const conditions = (value: number) => [value, { numeric: ['=', value] }, { 'anything-but': value }];
    for (const edge of [-1_000_000_000, 1_000_000_000]) {
      for (const condition of conditions(edge))
        compileFilterPolicy(JSON.stringify({ key: [condition] }), 'MessageAttributes');
      for (const condition of conditions(edge * 1.000001)) refused('MessageAttributes', { key: [condition] });
    }
  }),
  measured('policy: at most five keys', pages.snsPolicyLimits, () => {
    const keys = (count: number) => Object.fromEntries(times(count).map((name) => [name, ['a']]));
    compileFilterPolicy(JSON.stringify(keys(5)), 'MessageAttributes');
    refused('MessageAttributes', keys(6));
  }),
  measured(
    'policy: at most 150 combinations of values, counted with $or and depth',
    pages.snsPolicyLimits,
    () => {
      compileFilterPolicy(JSON.stringify({ a: times(10), b: times(15) }), 'MessageAttributes');
      refused(
        'MessageAttributes',
        { key: times(151) },
        { key1: times(100), key2: times(51) },
        {
          source: times(4),
          $or: [
            { metricName: times(6) },
            { metricType: times(4), $or: [{ metricId: [1, 2, 3, 4] }, { spaceId: [1, 2, 3, 4] }] },
          ],
        },
      );
      refused('MessageBody', {
        $or: [{ metricName: times(3) }, { namespace: times(2) }],
        detail: { scope: times(2), $or: [{ source: times(1) }, { type: times(3) }] },
      });
      compileFilterPolicy(
        JSON.stringify({
          source: times(3),
          $or: [
            { metricName: times(6) },
            { metricType: times(4), $or: [{ metricId: times(4) }, { spaceId: times(7) }] },
          ],
        }),
        'MessageAttributes',
      );
    },
  ),
  measured('policy: what SNS does not understand is refused when it is set', pages.snsPolicies, () => {
    refused(
      'MessageAttributes',
      ...[{ key: [] }, { key: [{ suffix: 100 }] }, { key: [{ suffix: null }] }, { key: { suffix: 'value' } }],
      ...[{ key: [{ 'not-an-operator': 'v' }] }, { key: [{ suffix: 'v', prefix: 'v' }] }],
      ...[{ key: [{ cidr: 'bad-filter' }] }, { key: [{ cidr: 'xx.11.xx/8' }] }],
      ...[{ key: [{ exists: 'no' }] }, { key: [{ exists: null }] }],
      ...[
        [],
        [1, '<='],
        ['=', '000'],
        ['>='],
        ['<', 100, '>', 10],
        ['>', 3, '<', 1],
        ['>', 20, '<', '30'],
      ].map((numeric) => ({ key: [{ numeric }] })),
    );
  }),
  measured('policy: attributes have no nested keys', pages.snsPolicyLimits, () => {
    refused('MessageAttributes', { detail: { kind: ['a'] } });
    compileFilterPolicy(JSON.stringify({ detail: { kind: ['a'] } }), 'MessageBody');
  }),
];
