import { useState } from 'preact/hooks';
import type { Samples as Listed, Sample, Sent } from '../../../src/console/invocations/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { change, get, useAsked } from '../../data/request.ts';
import { Problem } from '../../ui/problem.tsx';
import { Editor } from './editor.tsx';

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The sample events of the service, each sent with one click, and any event to any function. */
export const Samples = ({ query }: { query: URLSearchParams }) => {
  const { data, error } = useAsked<Listed>('/api/samples');
  const [refusal, setRefusal] = useState<string>();
  const [functionName, setFunctionName] = useState(query.get('function') ?? '');
  const chosen = functionName || (data?.functions[0] ?? '');

  const send = async (name: string, event: unknown) => {
    try {
      const sent = await change<Sent>('POST', '/api/invocations', { functionName: name, event });
      window.location.hash = hrefOf('invocations', [sent.requestId]);
    } catch (cause) {
      setRefusal(reasonOf(cause));
    }
  };
  const sendSample = async (sample: Sample) => {
    try {
      await send(sample.functionName ?? chosen, await get(`/api/samples/${encodeURIComponent(sample.name)}`));
    } catch (cause) {
      setRefusal(reasonOf(cause));
    }
  };

  return (
    <article class="invocation" aria-label="Send an event">
      <header class="page-head">
        <h2>Send an event</h2>
        <a href={hrefOf('invocations')}>Close</a>
      </header>
      <p class="quiet">The function is invoked directly, without authorizer, queue or stream.</p>
      <Problem message={error ?? refusal} />
      {data && (
        <>
          <section>
            <h3>Samples of events/</h3>
            {data.samples.length === 0 && (
              <p class="quiet">The service has no folder events/ with JSON files.</p>
            )}
            <ul class="samples">
              {data.samples.map((sample) => (
                <li key={sample.name}>
                  <button type="button" onClick={() => void sendSample(sample)}>
                    {sample.name.replace(/\.json$/, '')}
                  </button>
                </li>
              ))}
            </ul>
          </section>
          <section>
            <h3>Any event</h3>
            <p>
              <label>
                Function{' '}
                <select value={chosen} onChange={({ currentTarget }) => setFunctionName(currentTarget.value)}>
                  {data.functions.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              </label>
            </p>
            <Editor event={{}} onSend={(event) => void send(chosen, event)} />
          </section>
        </>
      )}
    </article>
  );
};
