import type { ResourceType } from './resource-type.ts';

/** `AWS::Cognito::UserPool`: the local issuer stands for it, so that authorizers verify real signatures. */
export const userPool: ResourceType = async ({ logicalId }, { region, accountId, identity }) => {
  const id = `${region}_local${logicalId}`;
  return {
    ref: id,
    attributes: {
      Arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`,
      ProviderURL: identity.issuer,
      ProviderName: identity.issuer.replace(/^https?:\/\//, ''),
      UserPoolId: id,
    },
  };
};

/** `AWS::Cognito::UserPoolClient`: the audience of the local issuer's tokens. */
export const userPoolClient: ResourceType = async (_resource, { identity }) => ({
  ref: identity.clientId,
  attributes: { ClientId: identity.clientId },
});
