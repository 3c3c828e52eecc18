import * as z from 'zod';

// Test tools and emulators say null where API Gateway leaves out a part.
const texts = z
  .record(z.string(), z.string().optional())
  .nullish()
  .transform((given) => given ?? {});

/**
 * What the API reads of an API Gateway event, payload format 2.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const GatewayEvent = z.object({
  /** `GET /posts/{postId}` */
  routeKey: z.string(),
  rawQueryString: z.string().default(''),
  /** Lower-case names; repeated headers are joined with commas. */
  headers: texts,
  queryStringParameters: texts,
  pathParameters: texts,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    requestId: z.string(),
    authorizer: z
      .object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }).optional() })
      .optional(),
  }),
});
export type GatewayEvent = z.infer<typeof GatewayEvent>;

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's own correlation id when it is well-formed, the request id otherwise. */
export const correlationIdOf = ({ headers, requestContext }: GatewayEvent): string => {
  const given = headers['x-correlation-id'];
  return given && CORRELATION_ID.test(given) ? given : requestContext.requestId;
};
