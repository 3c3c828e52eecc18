/** A test that moto does not pass, and why. */
export interface Difference {
  /** A part of its file and full name. */
  test: string;
  what: string;
  right: 'the embedded engine' | 'moto';
  /** AWS's page that says so. */
  page: string;
}

const dynamoDb = 'https://docs.aws.amazon.com/amazondynamodb/latest';

export const differences: readonly Difference[] = [
  {
    test: 'takes at most 16 write units for a new post of ten words',
    what: 'does not count capacity by the size of what is written',
    right: 'the embedded engine',
    page: `${dynamoDb}/developerguide/read-write-operations.html`,
  },
  {
    test: 'a post whose answer was lost is created once, and not again when it was removed meanwhile',
    what: 'makes a transaction again that comes a second time with its ClientRequestToken',
    right: 'the embedded engine',
    page: `${dynamoDb}/APIReference/API_TransactWriteItems.html`,
  },
  {
    test: 'tells the message that the topic refuses for good',
    what: 'takes an empty message in PublishBatch',
    right: 'the embedded engine',
    page: 'https://docs.aws.amazon.com/sns/latest/api/API_PublishBatchRequestEntry.html',
  },
];
