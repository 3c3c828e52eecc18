/** The cross-origin rules of an API. @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html#apis-apiid-model-cors */
export interface CorsConfiguration {
  allowOrigins?: readonly string[] | undefined;
  allowMethods?: readonly string[] | undefined;
  allowHeaders?: readonly string[] | undefined;
  exposeHeaders?: readonly string[] | undefined;
  /** Seconds. */
  maxAge?: number | undefined;
  allowCredentials?: boolean | undefined;
}

/** A token bucket: `rate` requests a second on average, `burst` at once. */
export interface Throttling {
  burst: number;
  rate: number;
}

/** A JWT authorizer of the template. */
export interface JwtAuthorizerDefinition {
  issuer: string;
  audience: readonly string[];
  /** Default `['$request.header.Authorization']`; the first one that the request has is used. */
  identitySource?: readonly string[] | undefined;
}

/** A route with its Lambda proxy integration (payload format 2.0). */
export interface RouteDefinition {
  /** `GET /posts/{postId}`, `ANY /files/{path+}` or `$default`. */
  routeKey: string;
  functionName: string;
  authorizer?: JwtAuthorizerDefinition | undefined;
  /** The token must hold at least one of them. */
  authorizationScopes?: readonly string[] | undefined;
  /** Default, and the most that AWS allows: 30,000. */
  timeoutMilliseconds?: number | undefined;
}

/** An `AWS::ApiGatewayV2::Api` with its stage and routes, every intrinsic resolved. */
export interface HttpApiDefinition {
  apiId: string;
  name: string;
  accountId: string;
  region: string;
  cors?: CorsConfiguration | undefined;
  stage: {
    /** `$default` has no prefix in the path; any other name is the first segment of it. */
    name: string;
    /** `DefaultRouteSettings`: each route has a bucket of its own. Default: not throttled. */
    throttling?: Throttling | undefined;
    /** `RouteSettings`, by route key. */
    routeThrottling?: Readonly<Record<string, Throttling>> | undefined;
    /** `AccessLogSettings.Format`, with its `$context` variables. Default: a JSON line with the usual ones. */
    accessLogFormat?: string | undefined;
  };
  routes: readonly RouteDefinition[];
}
