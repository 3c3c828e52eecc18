import { refuseReplayed } from '#lib/events/replayed.ts';
import { ignoreSmokeTests } from '#lib/events/smoke-test.ts';
import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig } from '#lib/platform/config.ts';
import { NotificationConfig, notificationPorts } from '#lib/push/notification-ports.ts';
import { remindOfDraft } from '#lib/push/notify-author.ts';

const { registerLambdaContext, ...ports } = notificationPorts(readConfig(NotificationConfig));
const remind = remindOfDraft(ports);

/** Reminds authors of drafts that have not changed since the event entered the delay queue. */
export const handler = subscriber(
  ignoreSmokeTests(
    refuseReplayed((event, { context }) => {
      registerLambdaContext(context);
      return remind(event);
    }),
  ),
);
