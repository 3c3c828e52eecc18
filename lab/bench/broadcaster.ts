import { bareBundles, serviceBundle } from './support/bundles.ts';
import { startFunction } from './support/function-process.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median } from './support/statistics.ts';
import { streamEvent } from './support/stream-event.ts';
import { startSlowTopic } from './support/topic.ts';

const TOPIC_MS = 20;
const ROUNDS = Number(process.env.ROUNDS ?? 9);
/** The plain loop takes twenty seconds for a thousand records. */
const PLAIN_ROUNDS = 2;
const WARM_UP = 5;
/** Records of a batch, and how many times faster than the loop it has to be. */
const BATCHES = [
  { records: 100, goal: 60 },
  { records: 1_000, goal: 150 },
];

/** What the broadcaster is better than: each record published by itself, one after the other. */
const PLAIN_LOOP = `
  import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
  import { unmarshall } from '@aws-sdk/util-dynamodb';
  const client = new SNSClient({});
  export const handler = async ({ Records }) => {
    for (const { eventID, eventName, dynamodb } of Records) {
      const post = unmarshall(dynamodb.NewImage ?? dynamodb.OldImage);
      await client.send(
        new PublishCommand({
          TopicArn: process.env.POST_EVENTS_TOPIC_ARN,
          Message: JSON.stringify({ eventId: eventID, eventType: eventName, ...post }),
          MessageAttributes: {
            eventType: { DataType: 'String', StringValue: eventName },
            contentType: { DataType: 'String', StringValue: post.type },
            status: { DataType: 'String', StringValue: post.status },
          },
        }),
      );
    }
  };`;

/** Batches from the event to the answer: as it is deployed, and ten times that; the topic takes 20 ms for each call. */
export const broadcaster = async (): Promise<Row[]> => {
  const bundle = await serviceBundle('broadcaster');
  const bare = await bareBundles({ plain: PLAIN_LOOP });
  const topic = await startSlowTopic(TOPIC_MS);
  const environment = {
    ...bundle.environment,
    POST_EVENTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:post-events',
    AWS_ENDPOINT_URL_SNS: topic.endpoint,
  };
  const [ours, plain] = await Promise.all([
    startFunction(bundle.file, environment),
    startFunction(bare.fileOf('plain'), environment),
  ]);
  try {
    const rows: Row[] = [];
    for (const { records, goal } of BATCHES) {
      const event = streamEvent(records);
      for (let time = 0; time < WARM_UP; time += 1) await ours.invoke(event);
      await plain.invoke(streamEvent(20));
      await topic.callsSince();
      await ours.invoke(event);
      const calls = await topic.callsSince();

      const plainFigures = await alternately(PLAIN_ROUNDS, {
        plain: async () => (await plain.invoke(event)).milliseconds,
        ours: async () => (await ours.invoke(event)).milliseconds,
      });
      const more = await alternately(ROUNDS, { ours: async () => (await ours.invoke(event)).milliseconds });
      const plainMs = median(plainFigures.get('plain') ?? []);
      const oursMs = median([...(plainFigures.get('ours') ?? []), ...(more.get('ours') ?? [])]);
      rows.push(
        {
          what: `broadcaster, ${records} records, topic answering in ${TOPIC_MS} ms`,
          against: `publishing one record at a time, ${(plainMs / 1_000).toFixed(1)} s`,
          measured: `${oursMs.toFixed(0)} ms`,
          ratio: `${(plainMs / oursMs).toFixed(0)} times faster`,
          goal: `≥ ${goal}`,
          met: plainMs / oursMs >= goal,
        },
        {
          what: `SNS calls per record, ${records} small events`,
          against: 'ten in a call',
          measured: `${calls} calls`,
          ratio: (calls / records).toFixed(3),
          goal: '0.100',
          met: calls === records / 10,
        },
      );
    }
    return rows;
  } finally {
    await Promise.all([ours.stop(), plain.stop(), topic.stop(), bare.remove()]);
  }
};

if (import.meta.main) await runAlone(broadcaster);
