import { SNSClient } from '@aws-sdk/client-sns';

/** An SNS client with the runtime's own region and credentials. */
export const createSnsClient = (): SNSClient => new SNSClient({});
