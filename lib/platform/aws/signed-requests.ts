import { fromEnv } from '@aws-sdk/credential-provider-env';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

export interface SignedRequest {
  method: 'POST' | 'PUT';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Sends one request, without retries, and gives its answer whatever the status. @throws when none comes in time */
export type SendSigned = (request: SignedRequest) => Promise<Response>;

const TIMEOUT_MS = 5_000;

/**
 * Plain requests to an AWS service, signed with the function's own credentials: for a function that needs one or two
 * operations of a service whose client would be most of its bundle.
 * @param service the name it signs for, such as `s3`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const signedRequests = (service: string, region: string): SendSigned => {
  const signer = new SignatureV4({
    service,
    region,
    credentials: fromEnv(),
    sha256: Sha256,
    // S3 is the one service whose paths are encoded once only.
    uriEscapePath: service !== 's3',
  });
  return async ({ method, url, headers, body }) => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      body,
    });
    return fetch(url, { method, headers: signed.headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  };
};
