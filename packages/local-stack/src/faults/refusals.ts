import type { Answer } from '../engine-proxy/proxy.ts';

/** The services whose refusals are known here. */
export type Service = 'dynamodb' | 'streams' | 'sns' | 'sqs' | 's3';

const answer = (statusCode: number, type: string, text: string, headers = {}): Answer => ({
  statusCode,
  headers: { 'content-type': type, ...headers },
  responseBody: Buffer.from(text),
});

const JSON_TYPE = 'application/x-amz-json-1.0';
const json = (statusCode: number, code: string, message: string): Answer =>
  answer(statusCode, JSON_TYPE, JSON.stringify({ __type: code, message }), {
    'x-amzn-query-error': `${code.slice(code.indexOf('#') + 1)};${statusCode < 500 ? 'Sender' : 'Receiver'}`,
  });
const queryXml = (statusCode: number, code: string, message: string): Answer =>
  answer(
    statusCode,
    'text/xml',
    `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>${statusCode < 500 ? 'Sender' : 'Receiver'}</Type>` +
      `<Code>${code}</Code><Message>${message}</Message></Error><RequestId>local</RequestId></ErrorResponse>`,
  );
const s3Xml = (statusCode: number, code: string, message: string): Answer =>
  answer(
    statusCode,
    'application/xml',
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );

const DYNAMODB = 'com.amazonaws.dynamodb.v20120810#';

/** How each service refuses for now, in its own words. */
export const throttled = (service: Service): Answer => {
  if (service === 'sns') return queryXml(429, 'Throttled', 'Rate exceeded');
  if (service === 's3') return s3Xml(503, 'SlowDown', 'Please reduce your request rate.');
  if (service === 'sqs') return json(403, 'com.amazonaws.sqs#RequestThrottled', 'Rate exceeded');
  return json(
    400,
    `${DYNAMODB}ProvisionedThroughputExceededException`,
    'The level of configured provisioned throughput for the table was exceeded',
  );
};

/** How each service says that it failed. */
export const failed = (service: Service): Answer => {
  if (service === 'sns') return queryXml(500, 'InternalError', 'An internal error occurred');
  if (service === 's3') return s3Xml(500, 'InternalError', 'We encountered an internal error.');
  if (service === 'sqs') return json(500, 'com.amazonaws.sqs#InternalFailure', 'An internal error occurred');
  return json(500, `${DYNAMODB}InternalServerError`, 'The request could not be processed');
};
