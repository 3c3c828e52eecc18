import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FunctionProperties, functionKey, ofType, STACKS } from './stacks.ts';

/** Loads a bundle as Lambda does, in a process of its own, and tells how many parameters its handler takes. */
const parametersOf = async (
  bundle: string,
  name: string,
  variables: Record<string, string>,
): Promise<number> => {
  const program = `process.stdout.write(String(require(${JSON.stringify(bundle)})[${JSON.stringify(name)}].length))`;
  const env = { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { env });
  return Number(stdout);
};

// Node.js 24 on Lambda refuses a handler with a third parameter, the callback.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
test('every built handler loads with its environment and takes at most two parameters', async () => {
  // With what is switched on by parameter.
  const { template, codeDirectory } = await STACKS.everything();
  const functions = ofType(template, 'AWS::Lambda::Function', FunctionProperties);
  expect(functions.length).toBeGreaterThanOrEqual(5);
  for (const { properties } of functions) {
    const { Handler, FunctionName, Environment } = properties;
    const dot = Handler.lastIndexOf('.');
    const bundle = join(codeDirectory(functionKey(FunctionName)), `${Handler.slice(0, dot)}.js`);
    // What only a deployed stack knows is some text here: none of it is used before the first call.
    const variables = Object.fromEntries(
      Object.entries(Environment.Variables).map(([name, value]) => [
        name,
        typeof value === 'string'
          ? value
          : 'https://placeholder.example/of-a-value-that-only-a-deployed-stack-knows',
      ]),
    );
    const parameters = await parametersOf(bundle, Handler.slice(dot + 1), variables);
    expect({ FunctionName, parameters: parameters <= 2 }).toEqual({ FunctionName, parameters: true });
  }
});

test('every function runs the same runtime on the same processors', async () => {
  const { template } = await STACKS.prod();
  for (const { properties } of ofType(template, 'AWS::Lambda::Function', FunctionProperties)) {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  }
});

test('a stack trace names lines of the sources', async () => {
  const { template, codeDirectory } = await STACKS.everything();
  const { Handler, Environment } = FunctionProperties.parse(
    template.Resources.BroadcasterLambdaFunction?.Properties,
  );
  const bundle = join(codeDirectory('broadcaster'), Handler.replace(/\.[^.]*$/, '.js'));
  // Without its other variables the function refuses to start.
  const env = { PATH: process.env.PATH, NODE_OPTIONS: String(Environment.Variables.NODE_OPTIONS) };
  const failure: { stderr?: string } = await promisify(execFile)(process.execPath, [bundle], { env }).catch(
    (error: { stderr: string }) => error,
  );
  expect(failure.stderr).toMatch(/^ {4}at .*lib\/platform\/config\.ts:\d+:\d+/m);
});
