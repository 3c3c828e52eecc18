import { Readable } from 'node:stream';
import { z } from 'zod';
import { LOCAL_ACCOUNT } from '../stack-constants.ts';
import { LOCAL_VALUES_FILE, type LocalValues, readLocalValues } from './local-values.ts';

/** A request of the AWS SDK, before it would leave the process. */
interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

const xml = (statusCode: number, body: string): Answer => ({ statusCode, contentType: 'text/xml', body });
const json = (statusCode: number, body: unknown): Answer => ({
  ...{ statusCode, contentType: 'application/x-amz-json-1.1', body: JSON.stringify(body) },
});
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const GetParameter = z.object({ Name: z.string() });

/** A list is answered as `StringList`, whose value is joined by commas. */
const parameterOf = (name: string, value: string | readonly string[]) =>
  typeof value === 'string'
    ? { Name: name, Type: 'String', Value: value }
    : { Name: name, Type: 'StringList', Value: value.join(',') };

const getParameter = (body: string, { ssm }: LocalValues, missing: (variable: string) => void): Answer => {
  const { Name } = GetParameter.parse(JSON.parse(body));
  const value = ssm[Name];
  if (value !== undefined) return json(200, { Parameter: parameterOf(Name, value) });
  missing(`ssm: ${Name}`);
  return json(400, { __type: 'ParameterNotFound', message: `${LOCAL_VALUES_FILE} has no ssm: ${Name}` });
};

const callerIdentity = xml(
  200,
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${LOCAL_ACCOUNT}</Account><Arn>arn:aws:iam::${LOCAL_ACCOUNT}:root</Arn><UserId>${LOCAL_ACCOUNT}</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>`,
);

const describeStack = (stack: string, { cf }: LocalValues): Answer => {
  const outputs = Object.entries(cf).filter(([key]) => key.startsWith(`${stack}.`));
  if (outputs.length === 0)
    return xml(
      400,
      `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${escaped(stack)} does not exist in ${LOCAL_VALUES_FILE}</Message></Error></ErrorResponse>`,
    );
  const members = outputs.map(
    ([key, value]) =>
      `<member><OutputKey>${escaped(key.slice(stack.length + 1))}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
  );
  return xml(
    200,
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${escaped(stack)}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
};

/** What the framework asks an account for while it resolves variables. */
const answerTo = (
  { headers, body }: SdkRequest,
  values: LocalValues,
  missing: (variable: string) => void,
): Answer => {
  const text =
    typeof body === 'string' ? body : Buffer.from(body instanceof Uint8Array ? body : '').toString();
  if (headers['x-amz-target'] === 'AmazonSSM.GetParameter') return getParameter(text, values, missing);
  const query = new URLSearchParams(text);
  const action = query.get('Action');
  if (action === 'GetCallerIdentity') return callerIdentity;
  if (action === 'DescribeStacks') return describeStack(query.get('StackName') ?? '', values);
  throw new Error(
    `${headers['x-amz-target'] ?? action ?? 'a call'} would ask an AWS account; on this machine variables of ssm, cf and aws are answered from ${LOCAL_VALUES_FILE}`,
  );
};

/**
 * The configuration of an SDK client that asks the service's file instead of AWS: for `${ssm:…}`, `${cf:…}` and
 * `${aws:accountId}`. No credentials are needed, and nothing leaves the process.
 * @param missing hears of each variable that the file does not give
 * @see https://www.serverless.com/framework/docs/guides/variables
 */
export const localVariables = (serviceDirectory: string, missing: (variable: string) => void) => {
  const values = readLocalValues(serviceDirectory);
  return {
    credentials: async () => ({ accessKeyId: 'local', secretAccessKey: 'local' }),
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: SdkRequest) => {
        const { statusCode, contentType, body } = answerTo(request, values, missing);
        return {
          response: {
            statusCode,
            headers: { 'content-type': contentType },
            body: Readable.from([Buffer.from(body)]),
          },
        };
      },
    },
  };
};
