import type { InvocationDetails, InvocationRow } from '../../../src/console/invocations/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { useAsked } from '../../data/request.ts';
import { Badge } from '../../ui/badge.tsx';
import { Log } from '../../ui/log.tsx';
import { duration } from '../invocations/duration.ts';

const SHOWN = 6;
const ASK_EVERY_MS = 1_000;

/** The last invocations of functions, and the log of the last one. */
export const FunctionActivity = ({ functions }: { functions: readonly string[] }) => {
  const query = new URLSearchParams({ functions: functions.join(','), limit: String(SHOWN) });
  const { data: rows } = useAsked<InvocationRow[]>(`/api/invocations?${query}`, ASK_EVERY_MS);
  const latest = rows?.find(({ state }) => state === 'failed') ?? rows?.[0];
  const { data: details } = useAsked<InvocationDetails>(latest && `/api/invocations/${latest.requestId}`);
  return (
    <section>
      <h3>Last invocations</h3>
      {rows?.length === 0 && <p class="quiet">None yet.</p>}
      <ul class="map-connections">
        {rows?.map((row) => (
          <li key={`${row.requestId} ${row.at}`}>
            <a href={hrefOf('invocations', [row.requestId])}>
              {new Date(row.at).toLocaleTimeString([], { hour12: false })}
            </a>{' '}
            {functions.length > 1 && row.functionName} {row.by}{' '}
            {row.milliseconds !== undefined && duration(row.milliseconds)}{' '}
            {row.state === 'failed' && <Badge tone="bad">failed</Badge>}
          </li>
        ))}
      </ul>
      {details && (
        <>
          <h3>{details.state === 'failed' ? 'Log of the last failed one' : 'Log of the last one'}</h3>
          <Log lines={details.log} />
        </>
      )}
    </section>
  );
};
