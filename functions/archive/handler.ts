import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { archiveEvents, s3StoreObject } from '#lib/archive/archive-events.ts';
import { archivedEventOf } from '#lib/archive/archived-event.ts';
import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { logger, withoutLogKeys } from '#lib/platform/logger.ts';

const { ARCHIVE_BUCKET } = readConfig(z.object({ ARCHIVE_BUCKET: requiredText }));
// A line for each object, not for each event: the lines would cost more than the archive.
const archive = archiveEvents(s3StoreObject(new S3Client({}), ARCHIVE_BUCKET), (key, events) =>
  withoutLogKeys(() => logger.info('stored', { object: key, events })),
);

/** Keeps each event with its attributes, a batch in one object for each hour that its events happened in. */
export const handler = subscriber(async (_event, { record }) => {
  await archive(archivedEventOf(record));
  return undefined;
});
