import { bareBundles, serviceBundle } from './support/bundles.ts';
import { startFunction } from './support/function-process.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median } from './support/statistics.ts';
import { streamEvent } from './support/stream-event.ts';
import { startSlowTopic } from './support/topic.ts';

const RECORDS = 1_000;
const TOPIC_MS = 20;
const ROUNDS = Number(process.env.ROUNDS ?? 9);
/** The plain loop takes twenty seconds each time. */
const PLAIN_ROUNDS = 2;
const WARM_UP = 5;

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

/** A batch of 1,000 records from the event to the answer, with a topic that takes 20 ms for each call. */
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
    const event = streamEvent(RECORDS);
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

    const connections = Number(bundle.environment.PUBLISH_CONCURRENCY);
    const limitMs = Math.ceil(RECORDS / 10 / connections) * TOPIC_MS;
    return [
      {
        what: `broadcaster, ${RECORDS} records, topic answering in ${TOPIC_MS} ms`,
        against: `publishing one record at a time, ${(plainMs / 1_000).toFixed(1)} s`,
        measured: `${oursMs.toFixed(0)} ms`,
        ratio: `${(plainMs / oursMs).toFixed(0)} times faster`,
        goal: '≥ 150',
        met: plainMs / oursMs >= 150,
      },
      {
        what: 'the same',
        against: `${RECORDS / 10} calls over ${connections} connections take ${limitMs} ms at least`,
        measured: `${oursMs.toFixed(0)} ms`,
        ratio: (oursMs / limitMs).toFixed(2),
        goal: '≤ 1.3',
        met: oursMs / limitMs <= 1.3,
      },
      {
        what: 'SNS calls per record, small events',
        against: 'ten in a call',
        measured: `${calls} calls`,
        ratio: (calls / RECORDS).toFixed(3),
        goal: '0.100',
        met: calls === RECORDS / 10,
      },
    ];
  } finally {
    await Promise.all([ours.stop(), plain.stop(), topic.stop(), bare.remove()]);
  }
};

if (import.meta.main) await runAlone(broadcaster);
