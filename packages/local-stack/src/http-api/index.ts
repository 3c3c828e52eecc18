/**
 * An API Gateway HTTP API for one machine, from the resolved properties of the template. It knows nothing of
 * what the functions do; it calls them through an InvokeFunction.
 */
export type {
  CorsConfiguration,
  HttpApiDefinition,
  JwtAuthorizerDefinition,
  RouteDefinition,
  Throttling,
} from './definition.ts';
export { type HttpApi, type HttpApiOptions, type Served, serveHttpApi } from './http-api.ts';
export {
  type Authorization,
  type AuthorizationResult,
  createJwtAuthorizer,
  remoteKeys,
} from './jwt-authorizer.ts';
