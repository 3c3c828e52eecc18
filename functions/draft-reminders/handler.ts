import { refuseReplayed } from '#lib/events/replayed.ts';
import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig } from '#lib/platform/config.ts';
import { PushConfig, pushEngine } from '#lib/push/push-engine.ts';
import { remindOfDraft } from '#lib/push/remind-of-draft.ts';

const { ports, registerLambdaContext } = pushEngine(readConfig(PushConfig));
const remind = remindOfDraft(ports);

/** Reminds authors of drafts that they left alone for as long as the queue held the event back. */
export const handler = subscriber(
  refuseReplayed(async (event, { context }) => {
    registerLambdaContext(context);
    return remind(event);
  }),
);
