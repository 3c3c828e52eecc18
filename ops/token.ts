// A token of a deployed stack's user pool: npm run token -- --email ada@example.com [--stage dev] [--region us-east-1]
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { stackNameOf } from './service.ts';

interface UserPool {
  UserPoolId: string;
  ClientId: string;
}

/** The user pool that a stack brought. @throws when the stack is not there, or takes tokens of another issuer */
const userPoolOf = async (stackName: string, region: string): Promise<UserPool> => {
  const client = new CloudFormationClient({ region });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const output = (key: string) => Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  const UserPoolId = output('UserPoolId');
  const ClientId = output('UserPoolClientId');
  if (UserPoolId && ClientId) return { UserPoolId, ClientId };
  throw new Error(`${stackName} has no user pool: it takes the tokens of the issuer it was deployed with`);
};

/**
 * Signs a user in with the caller's AWS credentials, and creates the user where there is none.
 * @param password of the user; without one only a new user gets a token, by a password that nobody keeps
 * @returns an access token for the API
 * @throws when the user exists and no password is given
 */
export const tokenOf = async (
  stackName: string,
  region: string,
  email: string,
  password?: string,
): Promise<string> => {
  const { UserPoolId, ClientId } = await userPoolOf(stackName, region);
  const client = new CognitoIdentityProviderClient({ region });
  const Password = password ?? randomBytes(24).toString('base64url');
  try {
    await client.send(new AdminCreateUserCommand({ UserPoolId, Username: email, MessageAction: 'SUPPRESS' }));
    await client.send(
      new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password, Permanent: true }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
    if (!password) throw new Error(`${email} exists: give --password`, { cause: error });
  }
  const { AuthenticationResult } = await client.send(
    new AdminInitiateAuthCommand({
      UserPoolId,
      ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: Password },
    }),
  );
  if (!AuthenticationResult?.AccessToken) throw new Error(`${email} got no token: a challenge is in the way`);
  return AuthenticationResult.AccessToken;
};

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      email: { type: 'string' },
      password: { type: 'string' },
      stage: { type: 'string', default: 'dev' },
      region: { type: 'string', default: process.env.AWS_REGION ?? 'us-east-1' },
    },
  });
  if (!values.email) throw new Error('whose token? --email <address>');
  console.log(await tokenOf(stackNameOf(values.stage), values.region, values.email, values.password));
}
