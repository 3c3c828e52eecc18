import type { Mutation, MutationRun } from './mutation.ts';

const NOTIFIED = 'every publication is notified once';
const TOLD = 'every device is told once';
const reordering: MutationRun = { mix: 'duplicates-and-reordering', seed: 5, posts: 120 };
const outages: MutationRun = { mix: 'outages', seed: 3, posts: 120 };

/** The guards of notifications. */
export const PUSH_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'push: a notification is recorded once',
    edits: [
      {
        file: 'lib/push/dynamodb-notifications.ts',
        find: "          ConditionExpression: 'attribute_not_exists(notificationId)',\n",
        replace: '',
      },
    ],
    run: reordering,
    breaks: [NOTIFIED],
  },
  {
    guard: 'push: a device is sent to once',
    edits: [
      {
        file: 'lib/push/send-once.ts',
        find: 'send: (device, notification) => once({ device, notification }),',
        replace: 'send: (device, notification) => sendAndForget({ device, notification }),',
      },
    ],
    run: reordering,
    breaks: [TOLD],
  },
  {
    guard: 'push: what is recorded is still delivered',
    edits: [
      {
        file: 'lib/push/notify-author.ts',
        find: 'const devices = await deliver(notification);',
        replace: 'const devices = isNew ? await deliver(notification) : { sent: 0, gone: 0, refused: 0 };',
      },
    ],
    run: outages,
    breaks: [TOLD],
  },
  {
    guard: 'push: a device that could not be reached brings the message again',
    edits: [
      {
        file: 'lib/push/deliver-to-devices.ts',
        find: 'if (failures.length > 0) throw failureOf(failures, registered.length);',
        replace: 'if (failures.length > registered.length) throw failureOf(failures, registered.length);',
      },
    ],
    run: outages,
    breaks: [TOLD],
  },
  {
    guard: 'push: replayed events are refused',
    edits: [
      {
        file: 'lib/events/replayed.ts',
        find: 'if (replayed === undefined) return handle(event, delivery);',
        replace: "if (replayed !== '') return handle(event, delivery);",
      },
    ],
    run: { mix: 'expiry', seed: 5, posts: 60 },
    breaks: [NOTIFIED],
  },
];
