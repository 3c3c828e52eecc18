// A token of a deployed stack's user pool: npm run token -- --help
import { randomBytes } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { OperatorError } from './operator-error.ts';
import { runTool } from './run-tool.ts';
import { stackNameOf } from './service.ts';

const HELP = `npm run -s token -- --email <address> [options]

Prints an access token of a deployed stack’s user pool, and creates the user where there is none.

  --email <address>    the user
  --password <text>    password of the user; without it a new user gets a random one that is not stored
  --reset              sets a random password for an existing user, whose own stops working
  --stage <stage>      (default: dev)
  --region <region>    (default: AWS_REGION, or us-east-1)

The local stack has an issuer of its own: curl -s http://127.0.0.1:3001/token -d user=ada`;

interface UserPool {
  UserPoolId: string;
  ClientId: string;
}

/** The user pool of a stack. @throws when there is no such stack, or when it was deployed with an issuer */
const userPoolOf = async (stackName: string, region: string): Promise<UserPool> => {
  const client = new CloudFormationClient({ region });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const output = (key: string) => Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  const UserPoolId = output('UserPoolId');
  const ClientId = output('UserPoolClientId');
  if (UserPoolId && ClientId) return { UserPoolId, ClientId };
  throw new OperatorError(
    `${stackName} has no user pool, because it was deployed with an issuer: get a token from that issuer`,
  );
};

/** How a user signs in: with their password, or, without one, with a random one that is not stored. */
interface SignIn {
  password?: string | undefined;
  /** An existing user may get a random password too, and loses their own. For users that no person is. */
  reset?: boolean;
}

/**
 * Signs a user in with the caller's AWS credentials, and creates the user where there is none.
 * @returns an access token for the API
 * @throws when the user exists, and there is neither a password nor `reset`
 */
export const tokenOf = async (
  stackName: string,
  region: string,
  email: string,
  { password, reset = false }: SignIn = {},
): Promise<string> => {
  const { UserPoolId, ClientId } = await userPoolOf(stackName, region);
  const client = new CognitoIdentityProviderClient({ region });
  const Password = password ?? randomBytes(24).toString('base64url');
  const isNew = await client
    .send(new AdminCreateUserCommand({ UserPoolId, Username: email, MessageAction: 'SUPPRESS' }))
    .then(() => true)
    .catch((error: unknown) => {
      if (!(error instanceof UsernameExistsException)) throw error;
      if (!password && !reset)
        throw new OperatorError(
          `${email} already exists: pass --password, or --reset to set a random password`,
          {
            cause: error,
          },
        );
      return false;
    });
  if (isNew || reset) {
    await client.send(
      new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password, Permanent: true }),
    );
  }
  const { AuthenticationResult } = await client.send(
    new AdminInitiateAuthCommand({
      UserPoolId,
      ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD: Password },
    }),
  );
  if (!AuthenticationResult?.AccessToken) {
    throw new OperatorError(
      `${email} got no token, because Cognito requires another sign-in step: sign in once by hand`,
    );
  }
  return AuthenticationResult.AccessToken;
};

const OPTIONS = {
  email: { type: 'string' },
  password: { type: 'string' },
  reset: { type: 'boolean', default: false },
  stage: { type: 'string', default: 'dev' },
  region: { type: 'string', default: process.env.AWS_REGION ?? 'us-east-1' },
} as const;

if (import.meta.main)
  await runTool({ help: HELP, options: OPTIONS }, async ({ values }) => {
    const { email, stage, region } = values;
    if (!email)
      throw new OperatorError(
        '--email is missing: the address of the user who gets the token; --help lists the options',
      );
    if (stage === 'local')
      throw new OperatorError(
        'the local stack has its own issuer: curl -s http://127.0.0.1:3001/token -d user=ada',
      );
    process.stdout.write(`${await tokenOf(stackNameOf(stage), region, email, values)}\n`);
    return 0;
  });
