const userPoolOf = (name, { deletionPolicy, userPoolProtection }) => ({
  Type: 'AWS::Cognito::UserPool',
  DeletionPolicy: deletionPolicy,
  UpdateReplacePolicy: deletionPolicy,
  Properties: {
    UserPoolName: name,
    DeletionProtection: userPoolProtection,
    UsernameAttributes: ['email'],
    AutoVerifiedAttributes: ['email'],
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    // Nobody gets in by himself until somebody decides so.
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    // Length before rules of composition, as NIST SP 800-63B asks.
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: false,
        RequireNumbers: false,
        RequireSymbols: false,
        RequireUppercase: false,
      },
    },
    MfaConfiguration: 'OPTIONAL',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
  },
});

const USER_POOL_CLIENT = {
  Type: 'AWS::Cognito::UserPoolClient',
  Properties: {
    UserPoolId: { Ref: 'UserPool' },
    // Browsers and phones cannot keep a secret.
    GenerateSecret: false,
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    AccessTokenValidity: 60,
    IdTokenValidity: 60,
    RefreshTokenValidity: 30,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
    ExplicitAuthFlows: [
      // Clients never send the password itself.
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
      // For `npm run token`: needs AWS credentials, so it opens nothing to the public.
      'ALLOW_ADMIN_USER_PASSWORD_AUTH',
    ],
  },
};

/** A user pool and its client, unless the parameters `issuer` and `audience` name an identity provider. */
module.exports = async ({ resolveVariable }) => {
  const settings = await resolveVariable('self:custom.stack');
  if (!settings.tokens.ownPool) return { Resources: {} };
  const name = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  return {
    Resources: { UserPool: userPoolOf(name, settings), UserPoolClient: USER_POOL_CLIENT },
    Outputs: {
      UserPoolId: { Value: { Ref: 'UserPool' } },
      UserPoolClientId: { Value: { Ref: 'UserPoolClient' } },
    },
  };
};
