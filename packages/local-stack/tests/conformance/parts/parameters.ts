import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { localVariables } from '../../../src/parameters/framework-variables.ts';
import { LocalValues } from '../../../src/parameters/local-values.ts';
import { resolveDynamicReferences } from '../../../src/provisioning/dynamic-references.ts';
import { secretStore } from '../../../src/provisioning/secret-store.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';

const rows = inArea('Parameters');
const provisioning = (name: string) => ({ file: 'provisioning/provisioning.test.ts', name });
const example = (name: string) => ({ file: 'examples/parameters.test.ts', name });

const values = LocalValues.parse({
  ssm: { '/shop/table': 'posts', '/shop/zones': ['a', 'b'] },
  secretsmanager: { key: { user: 'ada', password: 'secret' }, plain: 'word' },
});

/** A text with its references resolved, and what nothing answered. */
const resolved = (value: unknown) => {
  const missing: string[] = [];
  const result = resolveDynamicReferences(value, secretStore(undefined), values, (problem) =>
    missing.push(problem),
  );
  return { result, missing };
};

/** Asks as the framework's SDK does, with this file beside the service. */
const asking = async (
  file: string,
  request: { headers: Record<string, string>; body: string },
): Promise<{ status: number; body: string; missing: string[] }> => {
  const directory = await mkdtemp(join(tmpdir(), 'local-values-'));
  try {
    await writeFile(join(directory, 'local.values.yml'), file);
    const missing: string[] = [];
    const { requestHandler } = localVariables(directory, (variable) => missing.push(variable));
    const { response } = await requestHandler.handle(request);
    return { status: response.statusCode, body: await text(response.body), missing };
  } finally {
    await rm(directory, { recursive: true });
  }
};
const getParameter = (Name: string) => ({
  headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
  body: JSON.stringify({ Name }),
});
const query = (parameters: Record<string, string>) => ({
  headers: {},
  body: new URLSearchParams(parameters).toString(),
});

export const parameters: readonly Behaviour[] = [
  rows(
    '{{resolve:ssm:…}} is replaced by the parameter, with a version or without',
    pages.dynamicReferencesSsm,
    () =>
      assert.deepEqual(
        resolved({ a: ['{{resolve:ssm:/shop/table}}', 'x-{{resolve:ssm:/shop/table:2}}-y'] }),
        {
          result: { a: ['posts', 'x-posts-y'] },
          missing: [],
        },
      ),
  ),
  rows('a StringList is a text with commas in a dynamic reference', pages.dynamicReferencesSsm, () =>
    assert.equal(resolved('{{resolve:ssm:/shop/zones}}').result, 'a,b'),
  ),
  rows('{{resolve:ssm-secure:…}} is replaced by the parameter', pages.dynamicReferencesSecure, () =>
    assert.equal(resolved('{{resolve:ssm-secure:/shop/table:1}}').result, 'posts'),
  ),
  rows(
    '{{resolve:secretsmanager:…}} is replaced by a secret of another stack, or by one of its keys',
    pages.dynamicReferencesSecrets,
    () => {
      assert.equal(resolved('{{resolve:secretsmanager:plain}}').result, 'word');
      assert.equal(resolved('{{resolve:secretsmanager:key:SecretString:user}}').result, 'ada');
    },
  ),
  rows('every dynamic reference that nothing answers is named', pages.dynamicReferences, () => {
    const { missing } = resolved(['{{resolve:ssm:/none}}', '{{resolve:secretsmanager:gone}}']);
    assert.deepEqual(missing, [
      '{{resolve:ssm:/none}}: local.values.yml has no ssm: /none',
      '{{resolve:secretsmanager:gone}} names no secret of this stack, and local.values.yml has no secretsmanager: gone',
    ]);
  }),
  rows(
    'a parameter of a template of type AWS::SSM::Parameter::Value takes its value from the store',
    pages.parameterTypes,
    provisioning('parameters of a template are read from the file'),
  ),
  rows(
    'AWS::SSM::Parameter is referred to by its name, type and value',
    pages.templateSsmParameter,
    provisioning('a parameter of the store has a name, a type and a value'),
  ),
  rows(
    'a variable of ssm asks GetParameter: a text is a String, a list a StringList',
    pages.getParameter,
    async () => {
      const file = 'ssm: { /shop/table: posts, /shop/zones: [a, b] }';
      const one = await asking(file, getParameter('/shop/table'));
      assert.deepEqual(JSON.parse(one.body), {
        Parameter: { Name: '/shop/table', Type: 'String', Value: 'posts' },
      });
      const list = await asking(file, getParameter('/shop/zones'));
      assert.deepEqual(JSON.parse(list.body), {
        Parameter: { Name: '/shop/zones', Type: 'StringList', Value: 'a,b' },
      });
    },
  ),
  rows('a parameter that is not there is ParameterNotFound, and named', pages.getParameter, async () => {
    const { status, body, missing } = await asking('', getParameter('/none'));
    assert.deepEqual([status, JSON.parse(body).__type, missing], [400, 'ParameterNotFound', ['ssm: /none']]);
  }),
  rows('a variable of cf asks DescribeStacks for the outputs of a stack', pages.describeStacks, async () => {
    const file = 'cf: { shop-dev.Table: a<b, other.Table: c }';
    const { body } = await asking(file, query({ Action: 'DescribeStacks', StackName: 'shop-dev' }));
    assert.match(body, /<OutputKey>Table<\/OutputKey><OutputValue>a&lt;b<\/OutputValue>/);
    assert.doesNotMatch(body, />c</);
    const none = await asking(file, query({ Action: 'DescribeStacks', StackName: 'gone' }));
    assert.equal(none.status, 400);
    assert.match(none.body, /ValidationError.*gone does not exist/);
  }),
  rows('the variable aws:accountId is the account of the local resources', pages.callerIdentity, async () => {
    const { body } = await asking('', query({ Action: 'GetCallerIdentity' }));
    assert.match(body, /<Account>000000000000<\/Account>/);
  }),
  rows.decided('on AWS there is no such file')(
    'variables of the framework are resolved from the file, without credentials',
    pages.getParameter,
    example('variables and references are answered from the file'),
  ),
];
