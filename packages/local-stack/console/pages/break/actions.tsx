import { useState } from 'preact/hooks';
import type { Poisoned } from '../../../src/console/break/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { change } from '../../data/request.ts';
import type { PartProps } from './switch.tsx';

/** What is done once: a poison record, and waiting times that pass. */
export const Actions = ({ state, act }: PartProps) => {
  const [target, setTarget] = useState(state.poisonable[0]?.id ?? '');
  const [poisoned, setPoisoned] = useState<Poisoned>();
  const [passed, setPassed] = useState('');
  const poison = async () => {
    const done = await act(() => change<Poisoned>('POST', `/api/break/poison/${encodeURIComponent(target)}`));
    if (done) setPoisoned(done);
  };
  const pass = async (queue?: string) => {
    setPassed('');
    const done = await act(() => change('POST', '/api/break/pass', queue === undefined ? {} : { queue }));
    if (done) setPassed(`Skipped the waiting times of ${queue ?? 'streams, and evaluated the alarms'}.`);
  };
  return (
    <section class="card">
      <h2>One-time actions</h2>
      <div class="break-form">
        <label>
          Add a poison record to{' '}
          <select value={target} onChange={({ currentTarget }) => setTarget(currentTarget.value)}>
            {state.poisonable.map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </label>
        <button type="button" onClick={poison} disabled={target === ''}>
          Add the record
        </button>
        {poisoned && <a href={hrefOf('trace', [], { search: poisoned.search })}>follow {poisoned.search}</a>}
      </div>
      <div class="break-form">
        <span>Skip waiting times:</span>
        {state.queues.map((queue) => (
          <button key={queue} type="button" onClick={() => pass(queue)}>
            {queue}
          </button>
        ))}
        <button type="button" onClick={() => pass()}>
          streams and alarms
        </button>
        <span role="status">{passed}</span>
      </div>
    </section>
  );
};
