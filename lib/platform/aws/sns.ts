import { SNSClient } from '@aws-sdk/client-sns';

export const createSnsClient = () => new SNSClient({});
