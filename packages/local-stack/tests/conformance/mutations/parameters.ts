import { inFile, type Mutations } from './mutation.ts';

const references = inFile('provisioning/dynamic-references.ts');
const variables = inFile('parameters/framework-variables.ts');
const provisioning = inFile('provisioning/index.ts');
const stack = inFile('stack.ts');
const parameter = inFile('provisioning/ssm-parameter.ts');

export const parameterMutations: Mutations = {
  '{{resolve:ssm:…}} is replaced by the parameter, with a version or without': references(
    '(?::\\d+)?)\\}\\}/g',
    ')\\}\\}/g',
  ),
  'a StringList is a text with commas in a dynamic reference': references(
    'return String(found ?? reference);',
    'return JSON.stringify(found ?? reference);',
  ),
  '{{resolve:ssm-secure:…}} is replaced by the parameter': references('ssm(?:-secure)?:', 'ssm:'),
  '{{resolve:secretsmanager:…}} is replaced by a secret of another stack, or by one of its keys': references(
    'return key ? String(JSON.parse(found)[key]) : found;',
    'return found;',
  ),
  'every dynamic reference that nothing answers is named': references(
    'if (found === undefined) missing(`',
    'if (found === null) missing(`',
  ),
  'a parameter of a template of type AWS::SSM::Parameter::Value takes its value from the store': provisioning(
    "if (!Type.startsWith('AWS::SSM::Parameter::Value<')) return",
    "if (Type !== '') return",
  ),
  'AWS::SSM::Parameter is referred to by its name, type and value': parameter(
    'attributes: { Type, Value }',
    'attributes: { Type }',
  ),
  'a variable of ssm asks GetParameter: a text is a String, a list a StringList': variables(
    "Type: 'StringList', Value: value.join(',')",
    "Type: 'String', Value: value.join(',')",
  ),
  'a parameter that is not there is ParameterNotFound, and named': variables(
    "__type: 'ParameterNotFound'",
    "__type: 'ParameterVersionNotFound'",
  ),
  'a variable of cf asks DescribeStacks for the outputs of a stack': variables(
    'key.startsWith(`${stack}.`)',
    "key !== ''",
  ),
  'the variable aws:accountId is the account of the local resources': variables(
    '<Account>${LOCAL_ACCOUNT}</Account>',
    '<Account>123456789012</Account>',
  ),
  'variables of the framework are resolved from the file, without credentials': stack(
    '      values: readLocalValues(serviceDirectory),\n',
    '',
  ),
};
