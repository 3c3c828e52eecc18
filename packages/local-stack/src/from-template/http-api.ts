import { z } from 'zod';
import type {
  HttpApiDefinition,
  JwtAuthorizerDefinition,
  RouteDefinition,
  Throttling,
} from '../http-api/index.ts';
import type { ProvisionedResource, ProvisionedTemplate } from '../provisioning/index.ts';
import { UserError } from '../user-error.ts';

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
  AuthorizationType: z
    .enum(['NONE', 'JWT'], { error: 'only JWT authorizers and open routes are served' })
    .default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).optional(),
});

const Integration = z.object({
  IntegrationType: z.literal('AWS_PROXY', { error: 'only Lambda integrations (AWS_PROXY) are served' }),
  PayloadFormatVersion: z.literal('2.0', { error: 'only payload format 2.0 is served' }),
  IntegrationUri: z.string(),
  TimeoutInMillis: z.number().optional(),
});

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

/** The one resource of a type, undefined when there is none. @throws {UserError} when there are several */
const oneOf = (provisioned: ProvisionedTemplate, type: string): ProvisionedResource | undefined => {
  const [resource, ...others] = provisioned.ofType(type);
  if (others.length > 0) {
    const names = [resource, ...others].map((one) => one?.logicalId).join(', ');
    throw new UserError(`The template has several ${type} (${names}); only one can run locally`);
  }
  return resource;
};

/** Reads the properties of a resource. @throws {UserError} naming the resource and each property that is not served */
const read = <Schema extends z.ZodType>(schema: Schema, resource: ProvisionedResource): z.output<Schema> => {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  throw new UserError(`${resource.logicalId} (${resource.type}): ${z.prettifyError(parsed.error)}`);
};

/** A resource that another names. @throws {UserError} when the template does not have it */
const named = (provisioned: ProvisionedTemplate, logicalId: string, by: string): ProvisionedResource => {
  const resource = provisioned.resources.get(logicalId);
  if (!resource) throw new UserError(`${by} names ${logicalId}, which is not in the template`);
  return resource;
};

/** The function that an integration calls: by its ARN, or by that of a version or an alias. */
const functionOf = (uri: string, provisioned: ProvisionedTemplate): ProvisionedResource | undefined =>
  provisioned
    .ofType('AWS::Lambda::Function')
    .find(({ attributes: { Arn } }) => Arn !== undefined && (uri === Arn || uri.startsWith(`${Arn}:`)));

const routeOf = (resource: ProvisionedResource, provisioned: ProvisionedTemplate): RouteDefinition => {
  const route = read(Route, resource);
  const integration = read(Integration, named(provisioned, route.Target, resource.logicalId));
  const target = functionOf(integration.IntegrationUri, provisioned);
  if (!target)
    throw new UserError(
      `${resource.logicalId}: ${integration.IntegrationUri} is no function of the template`,
    );
  return {
    routeKey: route.RouteKey,
    functionName: target.ref,
    authorizer:
      route.AuthorizationType === 'JWT' && route.AuthorizerId !== undefined
        ? read(Authorizer, named(provisioned, route.AuthorizerId, resource.logicalId))
        : undefined,
    authorizationScopes: route.AuthorizationScopes,
    timeoutMilliseconds: integration.TimeoutInMillis,
  };
};

/** An API without routes, for a service that declares none: it answers 404 to everything. */
const NO_API = { apiId: 'none', name: 'none', cors: undefined, stage: { name: '$default' }, routes: [] };

/** The HTTP API that a template declares, as the local API Gateway takes it. */
export const httpApiDefinition = (
  provisioned: ProvisionedTemplate,
  { region, accountId }: { region: string; accountId: string },
): HttpApiDefinition => {
  const declaredApi = oneOf(provisioned, 'AWS::ApiGatewayV2::Api');
  const declaredStage = oneOf(provisioned, 'AWS::ApiGatewayV2::Stage');
  if (!declaredApi || !declaredStage) return { ...NO_API, region, accountId };
  const api = read(Api, declaredApi);
  const stage = read(Stage, declaredStage);
  return {
    apiId: declaredApi.ref,
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
