import type { GatewayEvent } from './gateway-event.ts';
import { Problem } from './problem.ts';

export const MAX_BODY_BYTES = 64 * 1024;

const isUnderstood = (contentType: string, mediaTypes: readonly string[]): boolean => {
  const [mediaType = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  return (
    mediaTypes.includes(mediaType) &&
    parameters.every((parameter) => parameter === '' || /^charset="?utf-8"?$/.test(parameter))
  );
};

/** @throws {Problem} body-too-large, unsupported-media-type, malformed-body */
export const readJsonBody = (
  event: GatewayEvent,
  mediaTypes: readonly string[] = ['application/json'],
): unknown => {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Problem('body-too-large', { detail: `The body must be at most ${MAX_BODY_BYTES} bytes.` });
  }
  if (bytes.length === 0) throw new Problem('malformed-body', { detail: 'The request needs a JSON body.' });

  const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = event.headers;
  if (!isUnderstood(contentType, mediaTypes) || encoding !== 'identity') {
    throw new Problem('unsupported-media-type', {
      detail: `The body must be ${mediaTypes.join(' or ')}, not compressed.`,
      headers: { accept: mediaTypes.join(', ') },
    });
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Without its cause: the parser quotes the body.
    throw new Problem('malformed-body');
  }
};
