import { refuseReplayed } from '#lib/events/replayed.ts';
import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig } from '#lib/platform/config.ts';
import { notifyAuthor } from '#lib/push/notify-author.ts';
import { PushConfig, pushEngine } from '#lib/push/push-engine.ts';

const { ports, registerLambdaContext } = pushEngine(readConfig(PushConfig));
const notify = notifyAuthor(ports);

/** Tells authors, on all their devices, that their posts are published or were taken down. */
export const handler = subscriber(
  refuseReplayed(async (event, { context }) => {
    registerLambdaContext(context);
    return notify(event);
  }),
);
