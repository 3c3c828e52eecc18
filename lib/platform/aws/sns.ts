import { SNSClient } from '@aws-sdk/client-sns';
import { rpcRequestSigner } from './rpc-request-signer.ts';
import { PublishBatchProtocol } from './sns-protocol.ts';
import { withoutLog } from './without-log.ts';

/** An SNS client with the runtime's own region and credentials. */
export const createSnsClient = (): SNSClient => {
  const client: SNSClient = new SNSClient({
    protocol: PublishBatchProtocol,
    signer: rpcRequestSigner('sns', () => client.config.region()),
  });
  return withoutLog(client);
};
