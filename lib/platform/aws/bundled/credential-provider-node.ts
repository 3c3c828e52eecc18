import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles (`alias` in serverless.yml). Lambda hands the
 * role's credentials over in the environment; profiles, SSO and instance metadata, which no function can have, would
 * bring four more SDK clients along.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const defaultProvider = fromEnv;
