import { SNSClient } from '@aws-sdk/client-sns';
import { rpcRequestSigner } from './rpc-request-signer.ts';
import { PublishBatchProtocol } from './sns-protocol.ts';
import { withoutLog } from './without-log.ts';

/** An SNS client with the runtime's own region and credentials. */
export const createSnsClient = (): SNSClient =>
  withoutLog(new SNSClient({ protocol: PublishBatchProtocol, signer: rpcRequestSigner('sns') }));
