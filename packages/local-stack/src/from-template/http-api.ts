import { z } from 'zod';
import type {
  HttpApiDefinition,
  JwtAuthorizerDefinition,
  RouteDefinition,
  Throttling,
} from '../http-api/index.ts';
import type { ProvisionedResource, ProvisionedTemplate } from '../provisioning/index.ts';

const RouteSettings = z
  .object({ ThrottlingBurstLimit: z.number(), ThrottlingRateLimit: z.number() })
  .transform(({ ThrottlingBurstLimit: burst, ThrottlingRateLimit: rate }): Throttling => ({ burst, rate }));

const Cors = z
  .object({
    AllowOrigins: z.array(z.string()).optional(),
    AllowMethods: z.array(z.string()).optional(),
    AllowHeaders: z.array(z.string()).optional(),
    ExposeHeaders: z.array(z.string()).optional(),
    MaxAge: z.number().optional(),
    AllowCredentials: z.boolean().optional(),
  })
  .transform((cors) => ({
    allowOrigins: cors.AllowOrigins,
    allowMethods: cors.AllowMethods,
    allowHeaders: cors.AllowHeaders,
    exposeHeaders: cors.ExposeHeaders,
    maxAge: cors.MaxAge,
    allowCredentials: cors.AllowCredentials,
  }));

const Api = z.object({ Name: z.string(), CorsConfiguration: Cors.optional() });

const Stage = z.object({
  StageName: z.string(),
  DefaultRouteSettings: RouteSettings.optional().catch(undefined),
  RouteSettings: z.record(z.string(), RouteSettings).optional(),
  AccessLogSettings: z.object({ Format: z.string().optional() }).optional(),
});

const Route = z.object({
  RouteKey: z.string(),
  Target: z.string().transform((target) => target.replace(/^integrations\//, '')),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).optional(),
});

const Integration = z.object({ IntegrationUri: z.string(), TimeoutInMillis: z.number().optional() });

const Authorizer = z
  .object({
    IdentitySource: z.array(z.string()).optional(),
    JwtConfiguration: z.object({ Issuer: z.string(), Audience: z.array(z.string()) }),
  })
  .transform(
    ({ IdentitySource, JwtConfiguration }): JwtAuthorizerDefinition => ({
      issuer: JwtConfiguration.Issuer,
      audience: JwtConfiguration.Audience,
      identitySource: IdentitySource,
    }),
  );

/** The one resource of a type. @throws {Error} when there are none or several */
const only = (provisioned: ProvisionedTemplate, type: string): ProvisionedResource => {
  const [resource, ...others] = provisioned.ofType(type);
  if (!resource || others.length > 0) throw new Error(`the template has not exactly one ${type}`);
  return resource;
};

const routeOf = (resource: ProvisionedResource, provisioned: ProvisionedTemplate): RouteDefinition => {
  const route = Route.parse(resource.properties);
  const integration = Integration.parse(provisioned.resources.get(route.Target)?.properties);
  const target = provisioned
    .ofType('AWS::Lambda::Function')
    .find(({ attributes }) => attributes.Arn === integration.IntegrationUri);
  if (!target)
    throw new Error(`${resource.logicalId}: ${integration.IntegrationUri} is no function of the template`);
  return {
    routeKey: route.RouteKey,
    functionName: target.ref,
    authorizer:
      route.AuthorizationType === 'JWT' && route.AuthorizerId !== undefined
        ? Authorizer.parse(provisioned.resources.get(route.AuthorizerId)?.properties)
        : undefined,
    authorizationScopes: route.AuthorizationScopes,
    timeoutMilliseconds: integration.TimeoutInMillis,
  };
};

/** The HTTP API that a template declares, as the local API Gateway takes it. */
export const httpApiDefinition = (
  provisioned: ProvisionedTemplate,
  { region, accountId }: { region: string; accountId: string },
): HttpApiDefinition => {
  const { ref: apiId, properties } = only(provisioned, 'AWS::ApiGatewayV2::Api');
  const api = Api.parse(properties);
  const stage = Stage.parse(only(provisioned, 'AWS::ApiGatewayV2::Stage').properties);
  return {
    apiId,
    name: api.Name,
    accountId,
    region,
    cors: api.CorsConfiguration,
    stage: {
      name: stage.StageName,
      throttling: stage.DefaultRouteSettings,
      routeThrottling: stage.RouteSettings,
      accessLogFormat: stage.AccessLogSettings?.Format,
    },
    routes: provisioned.ofType('AWS::ApiGatewayV2::Route').map((route) => routeOf(route, provisioned)),
  };
};
