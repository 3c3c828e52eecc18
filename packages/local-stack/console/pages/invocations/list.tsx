import { useEffect, useMemo, useState } from 'preact/hooks';
import type { InvocationRow } from '../../../src/console/invocations/wire.ts';
import type { ServiceSummary } from '../../../src/console/service/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { useChannel } from '../../data/live.ts';
import { useAsked } from '../../data/request.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { duration } from './duration.ts';

const MAX_ROWS = 1_000;
const ASK_EVERY_MS = 3_000;

/** The latest first, each once. */
const merged = (fresh: readonly InvocationRow[], before: readonly InvocationRow[]): InvocationRow[] => {
  const known = new Map(before.map((row) => [row.requestId, row]));
  for (const row of fresh) known.set(row.requestId, row);
  return [...known.values()].toSorted((left, right) => right.at - left.at).slice(0, MAX_ROWS);
};

/** Rows as they end; with a search, what the stack finds every few seconds. */
const useRows = (search: string, failed: boolean, isPaused: boolean) => {
  const isFiltered = search !== '' || failed;
  const query = new URLSearchParams({ ...(search && { search }), ...(failed && { failed: 'true' }) });
  const { data, error } = useAsked<InvocationRow[]>(
    `/api/invocations?${query}`,
    isPaused ? undefined : ASK_EVERY_MS,
  );
  const [rows, setRows] = useState<InvocationRow[]>([]);
  const [skipped, setSkipped] = useState(0);
  useEffect(() => {
    if (data) setRows((before) => (isFiltered ? data : merged(data, before)));
  }, [data, isFiltered]);
  useChannel<InvocationRow>('invocations', (messages, left) => {
    if (isPaused || isFiltered) return;
    setRows((before) => merged(messages, before));
    setSkipped(left);
  });
  return { rows, error, skipped, isAsked: data !== undefined };
};

const TONES = { running: 'info', ok: 'good', failed: 'bad' } as const;

const Row = ({ row, isShown, stackName }: { row: InvocationRow; isShown: boolean; stackName: string }) => (
  <a
    class="invocation-row"
    href={hrefOf('invocations', [row.requestId])}
    aria-current={isShown ? 'true' : undefined}
  >
    <time class="quiet">{new Date(row.at).toLocaleTimeString([], { hour12: false })}</time>
    <span class="invocation-name">{row.functionName.replace(`${stackName}-`, '')}</span>
    <span class="quiet invocation-by">{row.by}</span>
    <span class="invocation-duration">
      {row.milliseconds === undefined ? '' : duration(row.milliseconds)}
    </span>
    <span>{row.isColdStart ? <Badge tone="info">cold</Badge> : null}</span>
    <span class="invocation-outcome">
      <Badge tone={TONES[row.state]}>{row.outcome ?? row.state}</Badge>
    </span>
  </a>
);

/** The live list with its search. */
export const InvocationList = ({ shown, query }: { shown: string | undefined; query: URLSearchParams }) => {
  const [search, setSearch] = useState(query.get('search') ?? '');
  const [failed, setFailed] = useState(query.get('failed') === 'true');
  const [isPaused, setPaused] = useState(false);
  const { rows, error, skipped, isAsked } = useRows(search, failed, isPaused);
  const { data: service } = useAsked<ServiceSummary>('/api/service');
  const items = useMemo(() => rows, [rows]);
  return (
    <div class="invocations-list">
      <div class="page-head">
        <input
          type="search"
          placeholder="Id, function, or text of event or log"
          aria-label="Search"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <label>
          <input type="checkbox" checked={failed} onChange={() => setFailed(!failed)} /> failed
        </label>
        <button type="button" onClick={() => setPaused(!isPaused)} aria-pressed={isPaused}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        <a class="button" href={hrefOf('invocations', ['send'])}>
          Send an event
        </a>
        {skipped > 0 && !isPaused && <span class="quiet">not all are shown as they come: too many</span>}
      </div>
      <Problem message={error} />
      {isAsked && items.length === 0 ? (
        <Empty title={search || failed ? 'None found' : 'No invocation yet'}>
          {search || failed
            ? 'The latest 5,000 are searched.'
            : 'Send a request to the API, or an event of events/.'}
        </Empty>
      ) : (
        <VirtualList
          items={items}
          rowHeight={30}
          keyOf={({ requestId, at }) => `${requestId} ${at}`}
          label="Invocations"
        >
          {(row) => <Row row={row} isShown={row.requestId === shown} stackName={service?.stackName ?? ''} />}
        </VirtualList>
      )}
    </div>
  );
};
