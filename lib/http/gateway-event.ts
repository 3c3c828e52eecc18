import * as z from '#lib/platform/zod.ts';

// API Gateway leaves out what a request does not have; emulators and test tools say null.
const texts = z.pipe(
  z.nullish(z.record(z.string(), z.optional(z.string()))),
  z.transform((given): Record<string, string | undefined> => given ?? {}),
);

/**
 * What the API reads of an API Gateway event, payload format 2.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const GatewayEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z._default(z.string(), ''),
  /** Lower-case names; repeated headers are joined with commas. */
  headers: texts,
  queryStringParameters: texts,
  pathParameters: texts,
  body: z.pipe(
    z.nullish(z.string()),
    z.transform((given) => given ?? undefined),
  ),
  isBase64Encoded: z._default(z.boolean(), false),
  requestContext: z.object({
    requestId: z.string(),
    http: z.object({ method: z.string() }),
    authorizer: z.optional(
      z.object({ jwt: z.optional(z.object({ claims: z.record(z.string(), z.unknown()) })) }),
    ),
  }),
});
export type GatewayEvent = z.infer<typeof GatewayEvent>;

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's own correlation id when it is well-formed, the request id otherwise. */
export const correlationIdOf = ({ headers, requestContext }: GatewayEvent): string => {
  const given = headers['x-correlation-id'];
  return given && CORRELATION_ID.test(given) ? given : requestContext.requestId;
};
