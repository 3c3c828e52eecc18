import { once } from '#lib/platform/once.ts';
import { compiledService } from './compiled-service.ts';

/**
 * The service with the longest stage name that is promised and every parameter that changes resources, packaged with
 * its code. A bundle is the same in every stage: whoever needs code takes it from here, since building it takes
 * longest.
 */
export const wholeService = once(() =>
  compiledService('a-stage-of-24-characters', {
    alarmEmail: 'operator@example.com',
    archive: 'on',
    audience: 'posts',
    concurrency: '50',
    corsOrigins: 'https://a.example,https://b.example',
    customerKey: 'create',
    issuer: 'https://issuer.example/',
    maxReadUnits: '2000',
    maxWriteUnits: '1000',
    reminderDelay: '600',
    reminders: 'on',
    retainData: 'true',
    topicTracePolicy: 'on',
  }),
);
