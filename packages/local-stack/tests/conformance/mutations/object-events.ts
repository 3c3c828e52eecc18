import { inFile, type Mutations } from './mutation.ts';

const notify = inFile('object-events/notify.ts');
const configuration = inFile('object-events/configuration.ts');
const engine = inFile('engines/object-events.ts');

export const objectEventMutations: Mutations = {
  'the message has the documented shape': notify("eventVersion: '2.1'", "eventVersion: '2.0'"),
  'keys are encoded as in an HTML form': notify(".replaceAll('%20', '+')", ''),
  'a removed object has no size and no ETag': notify(
    '...(size !== undefined && { size }),',
    '...{ size: size ?? 0 },',
  ),
  'a later event of a key has a higher sequencer': notify('    sequence += 1;\n', ''),
  'prefix and suffix choose keys, and both must match': notify(
    'key.startsWith(prefix) && key.endsWith(suffix)',
    '(key.startsWith(prefix) || key.endsWith(suffix))',
  ),
  'a filter looks at keys as they are, not as they are encoded': notify(
    'key.startsWith(prefix)',
    'encodedKey(key).startsWith(prefix)',
  ),
  'an event type names one operation, or with * all of a kind': notify(
    'name.startsWith(wanted.slice(0, -1))',
    'wanted.length > 0',
  ),
  'functions, queues and topics get the same message': notify("'Amazon S3 Notification'", "'S3'"),
  'a bucket tells of its own objects only': notify(
    'return bucket === where && matches',
    'return where !== "" && matches',
  ),
  'FIFO queues cannot be destinations': configuration("if (arn.endsWith('.fifo'))", "if (arn === '.fifo')"),
  'event types and EventBridge that are not served are refused by name': configuration(
    'CompleteMultipartUpload)|ObjectRemoved',
    'CompleteMultipartUpload)|ObjectRestore:(\\*)|ObjectRemoved',
  ),
  'a function, queue or topic that does not let the bucket in is refused': configuration(
    'return decision.allowed\n',
    'return !decision.allowed\n',
  ),
  'objects are created by Put, Copy and CompleteMultipartUpload': engine(
    'body === lastRead ?',
    'body !== lastRead ?',
  ),
  'objects are removed one by one and in batches, each with an event': engine(
    'if (isThere) tell',
    'if (!isThere) tell',
  ),
};
