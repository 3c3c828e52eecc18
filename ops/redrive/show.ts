import { readObject } from './failures/bucket.ts';
import type { AnyFailure } from './failures/collect.ts';
import type { Target } from './target/target.ts';

const readable = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const contentOf = async (target: Target, bucket: string, failure: AnyFailure): Promise<unknown> => {
  if ('message' in failure) {
    const { Body = '', ReceiptHandle: _, ...rest } = failure.message;
    return { ...rest, Body: readable(Body) };
  }
  const { text } = await readObject(target.clients.s3, bucket, failure.key);
  const stored = readable(text);
  const payload =
    typeof stored === 'object' && stored !== null && 'payload' in stored ? stored.payload : undefined;
  const whole = typeof payload === 'string' ? { ...Object(stored), payload: readable(payload) } : stored;
  return { key: failure.key, content: whole };
};

/** One failure whole, with what users wrote in it. */
export const showFailure = async (target: Target, bucket: string, failure: AnyFailure): Promise<string> => {
  const content = await contentOf(target, bucket, failure);
  const { id, source, place, reason, since, last, attempts, records, history } = failure;
  return JSON.stringify(
    { id, source, place, reason, since, last, attempts, records, history, ...Object(content) },
    null,
    2,
  );
};
