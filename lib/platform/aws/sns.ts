import { SNSClient } from '@aws-sdk/client-sns';
import { PublishBatchProtocol } from './sns-protocol.ts';

/** An SNS client with the runtime's own region and credentials. */
export const createSnsClient = (): SNSClient => new SNSClient({ protocol: PublishBatchProtocol });
