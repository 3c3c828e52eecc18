/** A part of the service that can be left out. */
export interface Part {
  /** For people. */
  title: string;
  /** The parts that it cannot do without. */
  needs?: readonly string[];
  /**
   * The folders and files that are this part; `*` stands for a part of a name. What only they import goes with them, and
   * so does every test that imports one of them.
   */
  files: readonly string[];
  /** The pieces of other files about it: how each begins. See `removePieces` and `withoutLines`. */
  pieces: Readonly<Record<string, readonly string[]>>;
}

const functions = (...names: string[]): string[] =>
  names.map((name) => `- \${file(functions/${name}/function.yml)}`);
const resource = (path: string): string => `- \${file(${path.replace(/(:.*)?$/, ')$1}')}`;
const rows = (...parameters: string[]): string[] => parameters.map((name) => `| \`${name}\` |`);
const LATE_SUBSCRIBERS = "test('a subscriber that waits on purpose";
const properties = (...names: string[]): string[] => names.map((name) => `${name}:`);

/** Assertions that something was tested at all. Without one of these parts there is less to test. */
const COUNTS = {
  'tests/http/contracts.test.ts': ['expect(subscribers().length)'],
  'tests/template/delivery.test.ts': ['expect(read.length)', 'expect(subscriptions.length)'],
  'tests/template/identity-and-access.test.ts': ['expect(policies.length)'],
};
/** How many alarms of which kind there are, and what the dashboard shows, follows from the subscribers. */
const ALARMS = "test.each([ ['dev', OF_ALL]";
const OBSERVED = [
  ALARMS,
  LATE_SUBSCRIBERS,
  "test('every kind of alarm is explained",
  "test('the dashboard shows the",
];

const CONSOLE_PAGES = [
  ...['page.ts', 'page-files.ts', 'routes.ts', 'alarms', 'api', 'break', 'invocations', 'map'],
  ...['queues', 'service', 'tour', 'trace'],
];

export const PARTS = {
  search: {
    title: 'search: the index, its subscriber, its route and its rebuild',
    files: [
      ...['functions/search-indexing', 'functions/search-posts', 'functions/rebuild-search', 'lib/search'],
      ...['resources/search-engine.js', 'resources/search-index.yml', 'tests/search'],
      ...['events/search-*.json', 'events/rebuild-search.json', 'tests/http/search-posts.test.ts'],
    ],
    pieces: {
      ...COUNTS,
      'serverless.yml': [
        ...properties('search', 'searchReservedConcurrency'),
        ...functions('search-posts', 'search-indexing', 'rebuild-search'),
        resource('resources/search-index.yml'),
        resource('resources/search-engine.js:template'),
      ],
      'resources/parameters.js': properties('search', 'searchReservedConcurrency'),
      'resources/settings.js': properties('searchReservedConcurrency'),
      'docs/operations.md': [
        ...rows('search', 'searchReservedConcurrency'),
        ...['| **search red** |', '| **search blocked** |', '| **search storage** |'],
      ],
      'ops/smoke/smoke-test.ts': ["await pass('search'", "await pass('forget'"],
      'scripts/rights/expected.ts': ["{ functionKey: 'rebuildSearch'"],
      'tests/http/api.ts': properties('SEARCH_TABLE'),
      'tests/template/data.test.ts': ['SearchIndexTable:', "'SearchIndexing'"],
      'tests/template/observability.test.ts': OBSERVED,
      'tests/template/parameters.test.ts': ["...['opensearc'"],
      'tests/template/stacks.ts': ['openSearch:', "'openSearch'"],
    },
  },
  push: {
    title: 'push: notifications to authors, their devices, and three routes',
    files: [
      ...['functions/push-notifications', 'functions/put-device', 'functions/delete-device'],
      ...['functions/get-push-key', 'lib/push', 'resources/notifications.yml', 'tests/push'],
      ...['events/push-notifications*.json', 'events/*-device*.json', 'events/get-push-key.json'],
      'tests/http/devices.test.ts',
    ],
    pieces: {
      ...COUNTS,
      'serverless.yml': [
        ...functions('put-device', 'delete-device', 'get-push-key', 'push-notifications'),
        resource('resources/notifications.yml'),
      ],
      'lib/http/route.ts': ["'Push'"],
      'scripts/contracts/openapi.ts': ["{ name: 'Push'"],
      'scripts/rights/expected.ts': [
        "{ functionKey: 'pushNotifications', action: /^(dynamodb:(Put",
        "{ functionKey: 'pushNotifications', action: /^dynamodb:DeleteItem",
      ],
      'tests/http/api.ts': properties('DEVICES_TABLE', 'PUSH_SECRET_ARN'),
      'tests/template/data.test.ts': ['NotificationsTable:'],
      'tests/template/observability.test.ts': OBSERVED,
    },
  },
  moderation: {
    title: 'moderation: the subscriber that reviews what is published',
    files: [
      ...['functions/content-moderation', 'lib/moderation', 'resources/moderation.js', 'tests/moderation'],
      ...['events/content-moderation*.json', 'docs/moderation.md'],
    ],
    pieces: {
      ...COUNTS,
      'serverless.yml': [
        ...properties('moderation', 'toxicityThreshold'),
        ...functions('content-moderation'),
      ],
      'resources/parameters.js': properties('moderation', 'toxicityThreshold'),
      'docs/operations.md': rows('moderation', 'toxicityThreshold'),
      'tests/template/observability.test.ts': OBSERVED,
      'tests/template/parameters.test.ts': [
        "...['0', '1.1', '7'",
        "...['rule', 'comprehend,rules'",
        "['toxicityThreshold', '1'",
        "['toxicityThreshold', 0.05",
      ],
    },
  },
  archive: {
    title: 'archive: the optional subscriber that keeps every event',
    files: [
      ...['functions/archive', 'lib/archive', 'resources/archive.yml', 'tests/archive'],
      ...['events/archive.json', 'docs/archive.md'],
    ],
    pieces: {
      'serverless.yml': [
        'archive: "off"',
        ...properties('archiveWindow', 'archiveRetentionInDays', 'archiveBucket'),
        'archive: {',
        '- ${self:custom.optional.archive.',
        '- ${self:custom.optional.archiveBucket.',
      ],
      'resources/parameters.js': properties('archive', 'archiveWindow', 'archiveRetentionInDays'),
      'docs/operations.md': rows('archive', 'archiveWindow', 'archiveRetentionInDays'),
      'ops/replay/index.ts': ["['archive', fromArchive]"],
      'scripts/lint-template.ts': properties('archive'),
      'tests/support/whole-service.ts': properties('archive'),
      'tests/template/data.test.ts': ["'ArchiveBucket'", "'Archive'"],
      'tests/template/observability.test.ts': [ALARMS, LATE_SUBSCRIBERS],
      'tests/template/parameters.test.ts': ["...['0', '301', '-1'", "...['0', 'forever']", "'archive'"],
    },
  },
  reminders: {
    title: 'reminders: the optional subscriber that reminds authors of drafts',
    needs: ['push'],
    files: ['functions/draft-reminders', 'tests/reminders', 'events/draft-reminders.json'],
    pieces: {
      'serverless.yml': [
        'reminders: "off"',
        'reminderDelay:',
        'reminders: {',
        '- ${self:custom.optional.reminders.',
      ],
      'resources/parameters.js': properties('reminders', 'reminderDelay'),
      'docs/operations.md': rows('reminders', 'reminderDelay'),
      'scripts/lint-template.ts': properties('reminders'),
      'tests/support/whole-service.ts': properties('reminders', 'reminderDelay'),
      'tests/template/data.test.ts': ["'DraftReminders'"],
      'tests/template/observability.test.ts': [ALARMS, LATE_SUBSCRIBERS],
      'tests/template/parameters.test.ts': ["...['-1', '901', '15m']", "'reminders'"],
    },
  },
  console: {
    title: 'console: the pages of the local stack in a browser, and the guided tour',
    files: [
      ...['packages/local-stack/console', 'packages/local-stack/tests/console', 'docs/tour.json'],
      ...CONSOLE_PAGES.map((name) => `packages/local-stack/src/console/${name}`),
      ...['packages/local-stack/scripts/build-page.ts', 'packages/local-stack/docs/console-*.png'],
      ...['tests/exercise/tour.test.ts', 'lab/bench/console.ts', '.ci/browser'],
    ],
    pieces: {
      'README.md': ["![The console's map", '![An alarm with'],
      'serverless.yml': ['localStack:'],
      '.ci/run': ['step .ci/browser'],
      'packages/local-stack/src/console/index.ts': ['if (await handlePage'],
      'packages/local-stack/tests/package/tarball.test.ts': [
        'const page = await',
        'expect(page)',
        'expect((await fetch(',
      ],
      'lab/bench/index.ts': ['console: consolePage'],
    },
  },
  lab: {
    title: 'lab: chaos, benchmarks, load tests and the cost calculator',
    needs: ['search', 'push', 'moderation', 'archive'],
    files: ['lab', '.ci/without-lab'],
    pieces: {
      '.ci/run': [
        'step npm run judges -w lab',
        'step npm run rehearse -w lab',
        'step .ci/without-lab',
        'step npm test -w lab',
      ],
    },
  },
} as const satisfies Record<string, Part>;
export type PartName = keyof typeof PARTS;

export const isPart = (name: string): name is PartName => Object.hasOwn(PARTS, name);

const STORY = ['search', 'push', 'moderation'] as const satisfies readonly PartName[];
const OPTIONAL = ['archive', 'reminders'] as const satisfies readonly PartName[];

/** What shows several parts at work, with the parts that it cannot do without. */
export const SHOWS: readonly { files: readonly string[]; needs: readonly PartName[] }[] = [
  {
    files: ['docs/exercise.md', 'tests/exercise/exercise.test.ts', 'tests/end-to-end', 'tests/redrive'],
    needs: STORY,
  },
  { files: ['scripts/demo/index.ts', 'tests/invoke-local', 'tests/http/api.e2e.test.ts'], needs: STORY },
  { files: ['tests/subscribers/handlers.test.ts', 'tests/subscribers/isolation.test.ts'], needs: STORY },
  { files: ['tests/template/filter-policies.test.ts'], needs: STORY },
  { files: ['tests/exercise/security.test.ts'], needs: [...STORY, ...OPTIONAL] },
  { files: ['tests/smoke/smoke.test.ts'], needs: ['search', 'push'] },
  { files: ['tests/new-function/generated.test.ts'], needs: [...OPTIONAL, 'push', 'moderation'] },
  { files: ['tests/subscribers/archive.test.ts'], needs: ['archive'] },
  { files: ['tests/subscribers/draft-reminders.test.ts'], needs: ['reminders'] },
  { files: ['tests/template/optional-subscribers.test.ts'], needs: OPTIONAL },
];
