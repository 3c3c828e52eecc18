import { archiveEvents } from '#lib/archive/archive-events.ts';
import { archivedEventOf } from '#lib/archive/archived-event.ts';
import { s3StoreObject } from '#lib/archive/s3-objects.ts';
import { subscriber } from '#lib/events/subscriber.ts';
import { createS3Client } from '#lib/platform/aws/s3.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { logger, withoutLogKeys } from '#lib/platform/logger.ts';
import * as z from '#lib/platform/zod.ts';

const config = readConfig(
  z.object({ ARCHIVE_BUCKET: requiredText, AWS_ENDPOINT_URL_S3: z.optional(z.string()) }),
);
const client = createS3Client({ endpointIsGiven: config.AWS_ENDPOINT_URL_S3 !== undefined });
// A line for each object, not for each event: the lines would cost more than the archive.
const archive = archiveEvents(s3StoreObject(client, config.ARCHIVE_BUCKET), ({ key, events }) =>
  withoutLogKeys(() => logger.info('stored', { object: key, events })),
);

/** Keeps each event with its attributes, a batch in one object for each hour that its events happened in. */
export const handler = subscriber(async (_event, { record }) => {
  await archive(archivedEventOf(record));
  return undefined;
});
