import { z } from 'zod';
import type { Answer, Call } from '../engine-proxy/proxy.ts';

const ENTRY = /^PublishBatchRequestEntries\.member\.(\d+)\.(.*)$/;

const failedEntry = (id: string) =>
  `<member><Id>${id}</Id><Code>InternalError</Code><Message>failed on purpose</Message><SenderFault>false</SenderFault></member>`;

/** The entries of a PublishBatch call, in order. */
const entriesOf = (body: string): { id: string; fields: [name: string, value: string][] }[] => {
  const entries = new Map<number, { id: string; fields: [string, string][] }>();
  for (const [key, value] of new URLSearchParams(body)) {
    const [, number, name = ''] = ENTRY.exec(key) ?? [];
    if (number === undefined) continue;
    const entry = entries.get(Number(number)) ?? { id: '', fields: [] };
    if (name === 'Id') entry.id = value;
    entry.fields.push([name, value]);
    entries.set(Number(number), entry);
  }
  return [...entries.values()];
};

/** Splits a PublishBatch call into what is passed on and the ids that are reported as failed. */
export const publishPart = (
  call: Call,
  fails: (index: number) => boolean,
): { call: Call | undefined; failedIds: string[] } => {
  const text = call.requestBody.toString();
  const entries = entriesOf(text);
  const kept = entries.filter((_, index) => !fails(index));
  const failedIds = entries.filter((entry) => !kept.includes(entry)).map(({ id }) => id);
  const form = new URLSearchParams([...new URLSearchParams(text)].filter(([key]) => !ENTRY.test(key)));
  for (const [index, { fields }] of kept.entries()) {
    for (const [name, value] of fields)
      form.append(`PublishBatchRequestEntries.member.${index + 1}.${name}`, value);
  }
  const part = { ...call, requestBody: Buffer.from(form.toString()) };
  return { call: kept.length > 0 ? part : undefined, failedIds };
};

const SUCCESS =
  '<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful></Successful>' +
  '<Failed></Failed></PublishBatchResult><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></PublishBatchResponse>';

/** The answer to a PublishBatch call that says of some entries that they failed. */
export const sayFailed = (answered: Answer | undefined, failedIds: readonly string[]): Answer => {
  const said = new Set(failedIds);
  const text = (answered?.responseBody.toString() ?? SUCCESS)
    // An entry is mentioned once: as failed.
    .replace(/<member><Id>([^<]*)<\/Id><MessageId>[^<]*<\/MessageId><\/member>/g, (member, id) =>
      said.has(id) ? '' : member,
    )
    .replace('</Failed>', `${failedIds.map(failedEntry).join('')}</Failed>`);
  return {
    statusCode: 200,
    headers: answered?.headers ?? { 'content-type': 'text/xml' },
    responseBody: Buffer.from(text),
  };
};

const BatchWrite = z.looseObject({ RequestItems: z.record(z.string(), z.array(z.unknown())) });
const BatchWritten = z.looseObject({
  UnprocessedItems: z.record(z.string(), z.array(z.unknown())).default({}),
});

/** Splits a BatchWriteItem call into what is passed on and what is returned as unprocessed. At least one request is passed on. */
export const writePart = (
  call: Call,
  isLeft: (index: number) => boolean,
): { call: Call; unprocessed: Record<string, unknown[]> } => {
  const request = BatchWrite.parse(JSON.parse(call.requestBody.toString()));
  const kept: Record<string, unknown[]> = {};
  const unprocessed: Record<string, unknown[]> = {};
  let index = 0;
  for (const [table, requests] of Object.entries(request.RequestItems)) {
    for (const one of requests) {
      const into = index > 0 && isLeft(index) ? unprocessed : kept;
      into[table] = [...(into[table] ?? []), one];
      index += 1;
    }
  }
  return {
    call: { ...call, requestBody: Buffer.from(JSON.stringify({ ...request, RequestItems: kept })) },
    unprocessed,
  };
};

export const sayUnprocessed = (answered: Answer, unprocessed: Record<string, unknown[]>): Answer => {
  if (answered.statusCode !== 200) return answered;
  const body = BatchWritten.parse(JSON.parse(answered.responseBody.toString()));
  const UnprocessedItems = { ...body.UnprocessedItems, ...unprocessed };
  return {
    ...withoutChecksum(answered),
    responseBody: Buffer.from(JSON.stringify({ ...body, UnprocessedItems })),
  };
};

const Statements = z.looseObject({ Statements: z.array(z.unknown()) });
const StatementResponses = z.looseObject({ Responses: z.array(z.unknown()) });

/** Splits a BatchExecuteStatement call into what is passed on and what is reported as failed. At least one is passed on. */
export const executePart = (
  call: Call,
  fails: (index: number) => boolean,
): { call: Call; failed: ReadonlySet<number> } => {
  const request = Statements.parse(JSON.parse(call.requestBody.toString()));
  const failed = new Set(request.Statements.keys().filter((index) => index > 0 && fails(index)));
  const kept = request.Statements.filter((_, index) => !failed.has(index));
  return {
    call: { ...call, requestBody: Buffer.from(JSON.stringify({ ...request, Statements: kept })) },
    failed,
  };
};

/** The answer to all statements of a call, in their order, of which some did not go on: `failed`, in ascending order. */
export const saySomeFailed = (answered: Answer, failed: ReadonlySet<number>): Answer => {
  if (answered.statusCode !== 200) return answered;
  const body = StatementResponses.parse(JSON.parse(answered.responseBody.toString()));
  const Responses = [...body.Responses];
  const response = { Error: { Code: 'ThrottlingError', Message: 'failed on purpose' } };
  for (const index of failed) Responses.splice(index, 0, response);
  return {
    ...withoutChecksum(answered),
    responseBody: Buffer.from(JSON.stringify({ ...body, Responses })),
  };
};

const SendBatch = z.looseObject({ Entries: z.array(z.looseObject({ Id: z.string() })) });
const Sent = z.looseObject({ Failed: z.array(z.unknown()).default([]) });

/** Splits a SendMessageBatch call into what is passed on and the ids that are reported as failed. */
export const sendPart = (
  call: Call,
  fails: (index: number) => boolean,
): { call: Call | undefined; failedIds: string[] } => {
  const request = SendBatch.parse(JSON.parse(call.requestBody.toString()));
  const Entries = request.Entries.filter((_, index) => !fails(index));
  const failedIds = request.Entries.filter((entry) => !Entries.includes(entry)).map(({ Id }) => Id);
  const part = { ...call, requestBody: Buffer.from(JSON.stringify({ ...request, Entries })) };
  return { call: Entries.length > 0 ? part : undefined, failedIds };
};

/** The answer to a SendMessageBatch call that says of some entries that they failed. */
export const saySendFailed = (answered: Answer | undefined, failedIds: readonly string[]): Answer => {
  const body = Sent.parse(JSON.parse(answered?.responseBody.toString() ?? '{"Successful":[]}'));
  const failures = failedIds.map((Id) => ({
    ...{ Id, Code: 'InternalError', SenderFault: false, Message: 'failed on purpose' },
  }));
  return {
    statusCode: 200,
    headers: answered?.headers ?? { 'content-type': 'application/x-amz-json-1.0' },
    responseBody: Buffer.from(JSON.stringify({ ...body, Failed: [...body.Failed, ...failures] })),
  };
};

/** DynamoDB sends a CRC of its answer, and the SDK may look at it. */
export const withoutChecksum = (answered: Answer): Answer => {
  const { 'x-amz-crc32': _, ...headers } = answered.headers;
  return { ...answered, headers };
};
