/**
 * A process of its own that consumes a stream until it is killed. It writes one line a delivered record,
 * `<sequence number> <key>`, to its standard output before the batch counts as processed:
 *   node consumer.ts <endpoint> <stream ARN> <checkpoint directory> <parallelization factor> <batch size>
 */
import { writeSync } from 'node:fs';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { z } from 'zod';
import { systemClock } from '../../../src/clock.ts';
// Not by index.ts, which loads clients that this process does not need: it starts many times.
import { dynamodbStreams } from '../../../src/event-source-mappings/adapters/dynamodb-streams.ts';
import { fileCheckpoints } from '../../../src/event-source-mappings/adapters/file-checkpoints.ts';
import { parseEventSourceMapping } from '../../../src/event-source-mappings/parse.ts';
import { startEventSourceMappings } from '../../../src/event-source-mappings/start.ts';

const [endpoint = '', streamArn = '', directory = '', factor = '1', batchSize = '10'] = process.argv.slice(2);

const mapping = parseEventSourceMapping(
  {
    EventSourceArn: streamArn,
    FunctionName: 'consumer',
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: batchSize,
    ParallelizationFactor: factor,
  },
  'Consumer',
);
const unused = async () => {
  throw new Error('This mapping needs no queue and no destination');
};
const records = z.object({
  Records: z.array(
    z.object({
      dynamodb: z.object({ SequenceNumber: z.string(), Keys: z.object({ pk: z.object({ S: z.string() }) }) }),
    }),
  ),
});

startEventSourceMappings({
  mappings: [mapping],
  streams: dynamodbStreams(
    new DynamoDBStreamsClient({
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  ),
  queues: { receive: unused, delete: unused, release: unused, visibilityTimeout: unused },
  destinations: { sendMessage: unused, publish: unused, putObject: unused },
  checkpoints: fileCheckpoints(directory),
  clock: systemClock,
  metrics: () => {},
  log: (level, line) => level !== 'debug' && process.stderr.write(`${line}\n`),
  invoke: async (_function, event) => {
    const lines = records.parse(event).Records.map(
      ({ dynamodb }) => `${dynamodb.SequenceNumber} ${dynamodb.Keys.pk.S}
`,
    );
    // Synchronously: a kill must not take back what was said to be delivered.
    writeSync(1, lines.join(''));
    await systemClock.sleep(1);
    return { kind: 'success', payload: null };
  },
});
