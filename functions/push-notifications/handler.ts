import { refuseReplayed } from '#lib/events/replayed.ts';
import { ignoreSmokeTests } from '#lib/events/smoke-test.ts';
import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig } from '#lib/platform/config.ts';
import { NotificationConfig, notificationPorts } from '#lib/push/notification-ports.ts';
import { notifyAuthor } from '#lib/push/notify-author.ts';

const { registerLambdaContext, ...ports } = notificationPorts(readConfig(NotificationConfig));
const notify = notifyAuthor(ports);

/** Notifies authors, on all their devices, that their posts are published or were taken down. */
export const handler = subscriber(
  ignoreSmokeTests(
    refuseReplayed((event, { context }) => {
      registerLambdaContext(context);
      return notify(event);
    }),
  ),
);
