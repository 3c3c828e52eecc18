import { useState } from 'preact/hooks';
import type { InvocationDetails, Sent } from '../../../src/console/invocations/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { change, useAsked } from '../../data/request.ts';
import { Badge } from '../../ui/badge.tsx';
import { Json } from '../../ui/json.tsx';
import { Log } from '../../ui/log.tsx';
import { Problem } from '../../ui/problem.tsx';
import { duration } from './duration.ts';
import { Editor } from './editor.tsx';

const RUNNING_EVERY_MS = 400;
const MEGABYTE = 1024 * 1024;

const Facts = ({ invocation }: { invocation: InvocationDetails }) => {
  const { requestId, functionName, at, by, milliseconds, isColdStart, heapBytes } = invocation;
  const limit = invocation.timeoutSeconds === undefined ? '' : ` of ${invocation.timeoutSeconds} s`;
  return (
    <dl class="facts">
      <dt>Function</dt>
      <dd>{functionName}</dd>
      <dt>Request</dt>
      <dd class="mono">{requestId}</dd>
      <dt>Began</dt>
      <dd>{new Date(at).toISOString()}</dd>
      {by !== '' && (
        <>
          <dt>By</dt>
          <dd>{by}</dd>
        </>
      )}
      {milliseconds !== undefined && (
        <>
          <dt>Ran</dt>
          <dd>
            {duration(milliseconds)}
            {limit} {isColdStart && <Badge tone="info">cold start</Badge>}
          </dd>
        </>
      )}
      {heapBytes !== undefined && (
        <>
          <dt>Heap after it</dt>
          <dd>
            {Math.round(heapBytes / MEGABYTE)} MB, garbage included, of {invocation.memoryMegabytes} MB
          </dd>
        </>
      )}
    </dl>
  );
};

/** One invocation: what went in, what came out, what it logged, and the same again. */
export const Invocation = ({ requestId }: { requestId: string }) => {
  const [isRunning, setRunning] = useState(true);
  const { data, error } = useAsked<InvocationDetails>(
    `/api/invocations/${requestId}`,
    isRunning ? RUNNING_EVERY_MS : undefined,
  );
  const [isEdited, setEdited] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  if (data && isRunning && data.state !== 'running') setRunning(false);

  const again = async (body: unknown) => {
    try {
      const sent = await change<Sent>('POST', '/api/invocations', body);
      window.location.hash = hrefOf('invocations', [sent.requestId]);
    } catch (cause) {
      setRefusal(cause instanceof Error ? cause.message : String(cause));
    }
  };

  return (
    <article class="invocation" aria-label="Invocation">
      <Problem message={error ?? refusal} />
      {data && (
        <>
          <header class="page-head">
            <h2>{data.functionName}</h2>
            <Badge tone={data.state === 'failed' ? 'bad' : data.state === 'ok' ? 'good' : 'info'}>
              {data.state}
            </Badge>
            <button type="button" onClick={() => void again({ again: requestId })}>
              Invoke again
            </button>
            <button type="button" aria-pressed={isEdited} onClick={() => setEdited(!isEdited)}>
              Edit the event
            </button>
            <a href={hrefOf('invocations')}>Close</a>
          </header>
          <Facts invocation={data} />
          {isEdited && (
            <Editor
              event={data.event}
              onSend={(event) => void again({ functionName: data.functionName, event })}
            />
          )}
          {data.answer !== undefined && (
            <section>
              <h3>{data.state === 'failed' ? 'Error' : 'Response'}</h3>
              <Json value={data.answer} label="Response" />
            </section>
          )}
          <section>
            <h3>Log</h3>
            <Log lines={data.log} />
          </section>
          <section>
            <h3>Event</h3>
            <Json value={data.event} label="Event" />
          </section>
        </>
      )}
    </article>
  );
};
