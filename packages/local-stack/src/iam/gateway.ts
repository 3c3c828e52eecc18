import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { z } from 'zod';
import { startPassThrough } from '../engine-proxy/pass-through.ts';
import type { Answer, Call, EngineProxy, Forward, HandleCall } from '../engine-proxy/proxy.ts';
import { faultOfCall, type ResourceFault, suffer } from '../faults/resource-fault.ts';
import type { CallRecorder } from '../trace/record-calls.ts';
import type { Judge } from './judge.ts';
import { signatureOf } from './operations/index.ts';
import { answerOf, messageOf, type Refusal } from './refusal.ts';

const Batch = z.looseObject({ Statements: z.array(z.unknown()) });
const BatchAnswer = z.looseObject({ Responses: z.array(z.unknown()).default([]) });

const BATCH_HEADERS: IncomingHttpHeaders = { 'content-type': 'application/x-amz-json-1.0' };

/**
 * The statements of a batch are refused one by one; the others go on.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
 */
const answerBatch = async (
  call: Call,
  refusals: readonly Refusal[],
  send: (call: Call) => Promise<Answer | undefined>,
): Promise<Answer | undefined> => {
  const request = Batch.parse(JSON.parse(call.requestBody.toString()));
  const refused = new Map(refusals.map((refusal) => [refusal.need.part, refusal]));
  const kept = request.Statements.filter((_, part) => !refused.has(part));
  const answer =
    kept.length === 0
      ? { statusCode: 200, headers: BATCH_HEADERS, responseBody: Buffer.from('{}') }
      : await send({ ...call, requestBody: Buffer.from(JSON.stringify({ ...request, Statements: kept })) });
  if (answer?.statusCode !== 200) return answer;
  const body = BatchAnswer.parse(JSON.parse(answer.responseBody.toString()));
  const answered = body.Responses.values();
  const Responses = request.Statements.map((_, part) => {
    const refusal = refused.get(part);
    return refusal ? { Error: { Code: 'AccessDenied', Message: messageOf(refusal) } } : answered.next().value;
  });
  // DynamoDB sends a checksum of its answer, which is another now.
  const { 'x-amz-crc32': _, ...headers } = answer.headers;
  return { ...answer, headers, responseBody: Buffer.from(JSON.stringify({ ...body, Responses })) };
};

/** Engines accept any credentials, and the call need not be evaluated again. */
const asAccount = (call: Call): Call => {
  const { authorization } = call.headers;
  const { accessKeyId } = signatureOf(call) ?? {};
  if (accessKeyId === undefined || authorization === undefined) return call;
  return {
    ...call,
    headers: { ...call.headers, authorization: authorization.replace(accessKeyId, 'local') },
  };
};

const NOTHING = Buffer.alloc(0);

type Send = (call: Call) => Promise<Answer | undefined>;

/** Answers a call that is not, or not as a whole, just passed on; undefined for one that is. */
const answerTo = (
  { refusals, ifMissing }: ReturnType<Judge['judge']>,
  call: Call,
  send: Send,
): Promise<Answer | undefined> | undefined => {
  const [refusal] = refusals;
  if (refusal)
    return refusal.need.part === undefined
      ? Promise.resolve(answerOf(refusal, call))
      : answerBatch(call, refusals, send);
  if (!ifMissing) return undefined;
  return send(call).then((answer) => (answer?.statusCode === 404 ? answerOf(ifMissing(), call) : answer));
};

/**
 * Passes the calls that their signer is allowed to make, and refuses the others in the service's own format.
 * @param judge asked at each call; undefined where everything is allowed
 * @param send takes an allowed call to its engine
 */
export const enforced =
  (
    judge: () => Judge | undefined,
    send: (call: Call, forward: Forward) => Promise<Answer | undefined>,
  ): HandleCall =>
  (call, forward) => {
    const enforcing = judge();
    const pass: Send = (allowed) => send(asAccount(allowed), forward);
    return (enforcing && answerTo(enforcing.judge(call), call, pass)) ?? pass(call);
  };

/** The refusal of a call that a server of this stack answers itself; nothing when it may go on. */
export const refusedBy = (
  judge: Judge | undefined,
  { method = 'GET', url: path = '/', headers }: IncomingMessage,
  requestBody: Buffer,
): Answer | undefined => {
  const call = { method, path, headers, requestBody };
  const [refusal] = judge?.judge(call).refusals ?? [];
  return refusal && answerOf(refusal, call);
};

/**
 * A proxy in front of an engine, on 127.0.0.1.
 * @param options.faults of resources that are on now
 * @param options.recorder notes the calls of functions
 */
export const startGateway = ({
  target,
  port,
  judge,
  faults,
  recorder,
}: {
  target: string;
  port: number;
  judge: () => Judge | undefined;
  faults: () => readonly ResourceFault[];
  recorder: CallRecorder;
}): Promise<EngineProxy> =>
  startPassThrough({
    target,
    port,
    needsBody: (head) => judge()?.needsBody(head) ?? false,
    intercept: (call, forward, onAnswer) => {
      const judgement = judge()?.judge(call);
      if (!judgement) return undefined;
      const { judged, refusals } = judgement;
      const send: Send = (allowed) => forward(allowed, target);
      const fault = judged && refusals.length === 0 ? faultOfCall(faults(), judged) : undefined;
      const answer = fault && judged ? suffer(fault, judged, call, send) : answerTo(judgement, call, send);
      if (!judged) return answer;
      const [refusal] = refusals;
      const seen = recorder.began(judged, call, fault?.name ?? (refusal && messageOf(refusal)));
      if (!answer) {
        onAnswer(seen);
        return undefined;
      }
      const see = (given: Answer | undefined) => seen(given?.statusCode ?? 0, given?.responseBody ?? NOTHING);
      answer.then(see, () => see(undefined));
      return answer;
    },
  });
