import type { Client } from '@opensearch-project/opensearch';

/** A client when it is needed. */
export type OpenSearchClient = () => Promise<Client>;

/**
 * A client of an OpenSearch domain that signs with the runtime's own credentials. It is loaded with its first use:
 * functions that search in DynamoDB do not pay for it at their start.
 * @param node for example `https://search-posts-abc.us-east-1.es.amazonaws.com`
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
 */
export const openSearchClient = (node: string, region: string): OpenSearchClient => {
  let client: Promise<Client> | undefined;
  const connect = async () => {
    const [{ Client }, { AwsSigv4Signer }] = await Promise.all([
      import('@opensearch-project/opensearch'),
      import('@opensearch-project/opensearch/aws-v3'),
    ]);
    return new Client({ ...AwsSigv4Signer({ region, service: 'es' }), node, requestTimeout: 5_000 });
  };
  return () => {
    client ??= connect();
    return client;
  };
};
