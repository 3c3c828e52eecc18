import { z } from 'zod';
import { GetAtt, ofType, STACKS } from './stacks.ts';

const OPTIONAL = /archive|draft-?reminders/i;

test('nothing of an optional subscriber is in the template unless it is switched on', async () => {
  for (const stack of [STACKS.dev, STACKS.prod]) {
    expect(JSON.stringify((await stack()).template)).not.toMatch(OPTIONAL);
  }
  const { template } = await STACKS.everything();
  const Mapping = z.object({ FunctionName: GetAtt('Arn') });
  expect(
    ofType(template, 'AWS::Lambda::EventSourceMapping', Mapping)
      .map(({ properties }) => properties.FunctionName)
      .filter((id) => OPTIONAL.test(id)),
  ).toEqual(['ArchiveLambdaFunction', 'DraftRemindersLambdaFunction']);
});

test('only the queue of the reminders holds messages back, for as long as its parameter says', async () => {
  const { template } = await STACKS.everything();
  const Delay = z.object({ DelaySeconds: z.number().optional() });
  const delays = ofType(template, 'AWS::SQS::Queue', Delay).filter(
    ({ properties }) => properties.DelaySeconds,
  );
  expect(delays).toEqual([{ id: 'DraftRemindersQueue', properties: { DelaySeconds: 600 } }]);
});

test('the archive does not keep for ever what users wrote', async () => {
  const { template } = await STACKS.everything();
  expect(template.Resources.ArchiveBucket?.Properties.LifecycleConfiguration).toMatchObject({
    Rules: [{ Status: 'Enabled', ExpirationInDays: 365 }],
  });
});
