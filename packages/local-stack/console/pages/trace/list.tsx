import type { TraceSummary } from '../../../src/console/trace/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { useAsked } from '../../data/request.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { toneOf } from './tone.ts';

const EVERY_MS = 4_000;

const Row = ({ trace }: { trace: TraceSummary }) => (
  <tr>
    <td class="mono">{new Date(trace.at).toLocaleTimeString()}</td>
    <td>
      <a href={hrefOf('trace', [trace.root])}>{trace.title}</a> <span class="quiet">{trace.place}</span>
    </td>
    <td>
      <Badge tone={toneOf(trace.state)}>{trace.note}</Badge>
    </td>
  </tr>
);

/** The latest traces, or those that hold what is searched for. */
export const RoadList = ({ search }: { search: string }) => {
  const { data: traces, error } = useAsked<TraceSummary[]>(
    `/api/traces?search=${encodeURIComponent(search)}`,
    EVERY_MS,
  );
  const find = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get('search') ?? '');
    window.location.hash = hrefOf('trace', [], wanted === '' ? {} : { search: wanted });
  };
  return (
    <>
      <form class="page-head" onSubmit={find}>
        <input
          type="search"
          name="search"
          class="trace-search"
          aria-label="Search the traces"
          placeholder="request or correlation id, item key, message id, any text"
          defaultValue={search}
        />
        <button type="submit">Find</button>
        {search !== '' && <a href={hrefOf('trace')}>all</a>}
      </form>
      <Problem message={error} />
      {traces?.length === 0 && (
        <Empty title={search === '' ? 'Nothing has happened yet' : 'Nothing found'}>
          {search === ''
            ? 'Send a request to the API, or write to a table or a queue: what follows from it is shown here.'
            : 'What is older than the latest few thousand events is forgotten.'}
        </Empty>
      )}
      {traces !== undefined && traces.length > 0 && (
        <table class="list card">
          <thead>
            <tr>
              <th>at</th>
              <th>began with</th>
              <th>came out</th>
            </tr>
          </thead>
          <tbody>
            {traces.map((trace) => (
              <Row key={trace.root} trace={trace} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
};
