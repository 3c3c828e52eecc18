import { useState } from 'preact/hooks';
import type { FailureBucketView, FailureObjectView } from '../../../src/console/queues/wire.ts';
import { change, useAsked } from '../../data/request.ts';
import { Empty } from '../../ui/empty.tsx';
import { Json } from '../../ui/json.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from './action.ts';
import { ChoiceTable } from './choice-table.tsx';
import { Question } from './question.tsx';
import { useSelection } from './selection.ts';

const EVERY_MS = 3_000;

/** What streams gave up: handed to the function again, or discarded. */
export const Failures = ({ bucket, onChange }: { bucket: FailureBucketView; onChange: () => void }) => {
  const path = `/api/buckets/${encodeURIComponent(bucket.id)}`;
  const { data: objects = [], error, ask } = useAsked<FailureObjectView[]>(`${path}/objects`, EVERY_MS);
  const { chosen, isChosen, toggle, clear } = useSelection(objects.map(({ key }) => key));
  const { problem, run } = useAction(() => {
    ask();
    onChange();
  });
  const [isAsking, setAsking] = useState(false);
  const keys = chosen.length > 0 ? chosen : objects.map(({ key }) => key);
  const again = objects.filter(({ key, functionId }) => functionId !== undefined && keys.includes(key));
  const what = chosen.length > 0 ? `${chosen.length} chosen` : `all ${objects.length}`;

  const act = (how: 'redrive' | 'discard', of: readonly string[]) => {
    setAsking(false);
    return run(async () => {
      await change('POST', `${path}/${how}`, { keys: of });
      clear();
    });
  };

  return (
    <section class="card">
      <div class="page-head">
        <h2>{bucket.id}</h2>
        <button
          type="button"
          class="primary"
          disabled={again.length === 0}
          onClick={() =>
            act(
              'redrive',
              again.map(({ key }) => key),
            )
          }
        >
          Hand {again.length} to the function again
        </button>
        <button type="button" class="danger" disabled={keys.length === 0} onClick={() => setAsking(true)}>
          Discard {what}
        </button>
      </div>
      <Problem message={problem ?? error} />
      {isAsking && (
        <Question
          text={`Discard ${what} of ${bucket.id}? They are gone for good.`}
          yes="Discard"
          onYes={() => act('discard', keys)}
          onNo={() => setAsking(false)}
        />
      )}
      {objects.length === 0 && <Empty title="Nothing was given up" />}
      {objects.length > 0 && (
        <ChoiceTable columns={['object', 'at', 'why']}>
          {objects.map(({ key, at, cause, json, functionId }) => (
            <tr key={key}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Choose ${key}`}
                  checked={isChosen(key)}
                  onChange={() => toggle(key)}
                />
              </td>
              <td>
                <details>
                  <summary class="mono queue-key">{key}</summary>
                  <Json value={json} label={key} />
                </details>
              </td>
              <td>{new Date(at).toLocaleTimeString()}</td>
              <td class="queue-cause">
                {cause} <span class="quiet">{functionId}</span>
              </td>
            </tr>
          ))}
        </ChoiceTable>
      )}
    </section>
  );
};
