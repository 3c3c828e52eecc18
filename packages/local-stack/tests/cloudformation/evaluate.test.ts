// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its references so
import { evaluate, type Scope, TemplateError } from '../../src/cloudformation/evaluate.ts';

const scope: Scope = {
  pseudoParameters: { 'AWS::Region': 'us-east-1', 'AWS::AccountId': '000000000000' },
  parameters: { Stage: 'dev', Count: 3 },
  conditions: {
    Always: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    Never: { 'Fn::Not': [{ Condition: 'Always' }] },
    Both: { 'Fn::And': [{ Condition: 'Always' }, { Condition: 'Never' }] },
    Either: { 'Fn::Or': [{ Condition: 'Always' }, { Condition: 'Never' }] },
    Broken: { 'Fn::And': ['yes'] },
    Dangling: { Condition: 'Nowhere' },
  },
  mappings: { Sizes: { dev: { memory: 256 } } },
  imports: { 'shared-topic': 'arn:aws:sns:us-east-1:000000000000:shared' },
  refOf: async (logicalId, where) => {
    if (logicalId === 'Table') return 'the-table';
    throw new TemplateError(where, `there is no resource "${logicalId}"`);
  },
  attributeOf: async (logicalId, attribute, where) => {
    if (logicalId === 'Table') return `${logicalId}/${attribute}`;
    throw new TemplateError(where, `there is no resource "${logicalId}"`);
  },
};

const evaluated = (value: unknown) => evaluate(value, scope, 'Queue');

describe('intrinsics', () => {
  test.each<[what: string, value: unknown, result: unknown]>([
    ['Ref to a resource', { Ref: 'Table' }, 'the-table'],
    ['Ref to a parameter', { Ref: 'Stage' }, 'dev'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 256],
    ['ImportValue', { 'Fn::ImportValue': 'shared-topic' }, 'arn:aws:sns:us-east-1:000000000000:shared'],
    ['Base64', { 'Fn::Base64': { Ref: 'Stage' } }, 'ZGV2'],
    ['GetAZs of the own region', { 'Fn::GetAZs': '' }, ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    ['Ref to a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table/Arn'],
    ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'Table.Arn' }, 'Table/Arn'],
    ['Fn::GetAtt of a nested attribute', { 'Fn::GetAtt': 'Table.Endpoint.Port' }, 'Table/Endpoint.Port'],
    ['Fn::Sub of resources', { 'Fn::Sub': '${Table}/x' }, 'the-table/x'],
    ['Fn::Sub of attributes', { 'Fn::Sub': '${Table.Arn}/*' }, 'Table/Arn/*'],
    ['Fn::Sub of parameters', { 'Fn::Sub': '${Stage}-${Count}-${AWS::AccountId}' }, 'dev-3-000000000000'],
    ['Fn::Sub with spaces', { 'Fn::Sub': '${ Stage }' }, 'dev'],
    ['Fn::Sub of a literal', { 'Fn::Sub': '${!Stage} ${Stage}' }, '${Stage} dev'],
    [
      'Fn::Sub with values of its own',
      { 'Fn::Sub': ['${A}${Stage}', { A: { Ref: 'Table' } }] },
      'the-tabledev',
    ],
    ['Fn::Sub whose own value hides another', { 'Fn::Sub': ['${Stage}', { Stage: 'mine' }] }, 'mine'],
    ['Fn::Sub of nothing', { 'Fn::Sub': 'plain' }, 'plain'],
    ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'Stage' }, 3, true]] }, 'a:dev:3:true'],
    ['Fn::Join of nothing', { 'Fn::Join': ['-', []] }, ''],
    ['Fn::Join without what is absent', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a-b'],
    ['Fn::Join of a split', { 'Fn::Join': ['-', { 'Fn::Split': ['.', 'a.b'] }] }, 'a-b'],
    ['Fn::Select', { 'Fn::Select': [1, ['a', { Ref: 'Stage' }]] }, 'dev'],
    ['Fn::Select by a text', { 'Fn::Select': ['0', { 'Fn::Split': ['/', 'x/y'] }] }, 'x'],
    ['Fn::Split', { 'Fn::Split': [',', { 'Fn::Sub': 'a,${Stage}' }] }, ['a', 'dev']],
    ['Fn::If, true', { 'Fn::If': ['Always', { Ref: 'Table' }, 'b'] }, 'the-table'],
    ['Fn::If, false', { 'Fn::If': ['Never', 'a', ['b', { Ref: 'Stage' }]] }, ['b', 'dev']],
    ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'Count' }, '3'] }, true],
    ['Condition', { Condition: 'Never' }, false],
    ['Fn::And', { Condition: 'Both' }, false],
    ['Fn::Or', { Condition: 'Either' }, true],
  ])('%s', async (_what, value, result) => {
    expect(await evaluated(value)).toEqual(result);
    // Wherever it stands.
    expect(await evaluated({ Deep: [{ Down: value }] })).toEqual({ Deep: [{ Down: result }] });
  });

  test('the branch that is not taken is not looked at', async () => {
    expect(await evaluated({ 'Fn::If': ['Always', 'a', { Ref: 'Nobody' }] })).toBe('a');
  });
});

describe('what is not an intrinsic stays', () => {
  test.each<[what: string, value: unknown]>([
    ['plain values', { a: 1, b: 'x', c: null, d: true, e: [], f: {} }],
    ['a condition of a policy statement', { Condition: { StringEquals: { 'aws:PrincipalType': 'User' } } }],
    ['an object of which Ref is one key of two', { Ref: 'Table', Other: 1 }],
    ['dynamic references', '{{resolve:secretsmanager:x:SecretString}}'],
  ])('%s', async (_what, value) => {
    expect(await evaluated(value)).toEqual(value);
  });
});

describe('AWS::NoValue', () => {
  const nothing = { Ref: 'AWS::NoValue' };

  test.each<[what: string, value: unknown, result: unknown]>([
    ['as a property', { Kept: 1, Gone: nothing }, { Kept: 1 }],
    ['in a list', ['a', nothing, 'b'], ['a', 'b']],
    ['by a condition', { Kept: 1, Gone: { 'Fn::If': ['Never', 'x', nothing] } }, { Kept: 1 }],
    ['by nested conditions', [{ 'Fn::If': ['Always', { 'Fn::If': ['Never', 'x', nothing] }, 'y'] }], []],
    ['alone', nothing, undefined],
  ])('vanishes %s', async (_what, value, result) => {
    expect(await evaluated(value)).toEqual(result);
  });
});

describe('errors name the resource, the property and the problem', () => {
  test.each<[what: string, value: unknown, message: RegExp]>([
    [
      'an unsupported intrinsic',
      { Environment: { 'Fn::Transform': 'x' } },
      /^Queue\.Environment: Fn::Transform is not supported locally \(supported: .*Fn::Sub/,
    ],
    [
      'an unsupported one deep inside',
      { Policy: { Statement: [{}, { Resource: { 'Fn::Cidr': 'x' } }] } },
      /^Queue\.Policy\.Statement\[1\]\.Resource: Fn::Cidr is not supported/,
    ],
    [
      'an unsupported one inside another intrinsic',
      { Name: { 'Fn::Join': ['-', [{ 'Fn::Cidr': [] }]] } },
      /^Queue\.Name\S*: Fn::Cidr is not supported/,
    ],
    ['a Ref to nothing', { Arn: { Ref: 'Nobody' } }, /^Queue\.Arn: there is no resource "Nobody"/],
    ['a Ref that is no text', { Arn: { Ref: 5 } }, /^Queue\.Arn: .*expected string/],
    ['an attribute of nothing', { Arn: { 'Fn::GetAtt': ['Nobody', 'Arn'] } }, /^Queue\.Arn: .*"Nobody"/],
    [
      'GetAtt without an attribute',
      { Arn: { 'Fn::GetAtt': 'Table' } },
      /^Queue\.Arn: .*"Table" names no attribute/,
    ],
    ['Sub of nothing', { Name: { 'Fn::Sub': '${Nobody}' } }, /^Queue\.Name: there is no resource "Nobody"/],
    ['Sub of an attribute of nothing', { Name: { 'Fn::Sub': '${Nobody.Arn}' } }, /^Queue\.Name: .*"Nobody"/],
    ['Sub of a value that is no text', { Name: { 'Fn::Sub': ['${A}', { A: ['x'] }] } }, /^Queue\.Name: /],
    [
      'an unknown condition',
      { Name: { 'Fn::If': ['Nowhere', 1, 2] } },
      /^Queue\.Name: .*no condition "Nowhere"/,
    ],
    ['a condition of an unknown one', { Name: { 'Fn::If': ['Dangling', 1, 2] } }, /no condition "Nowhere"/],
    ['a condition that is no truth', { Name: { 'Fn::If': ['Broken', 1, 2] } }, /Conditions\.Broken: /],
    ['If without a choice', { Name: { 'Fn::If': ['Always'] } }, /^Queue\.Name: /],
    [
      'Select past the end',
      { Name: { 'Fn::Select': [2, ['a']] } },
      /^Queue\.Name: Fn::Select: the list has no item 2/,
    ],
    ['Join of what is no list', { Name: { 'Fn::Join': ['-', 'ab'] } }, /^Queue\.Name: /],
  ])('%s', async (_what, value, message) => {
    const failing = evaluated(value);
    await expect(failing).rejects.toBeInstanceOf(TemplateError);
    await expect(failing).rejects.toThrow(message);
  });
});
