import type { RoadSummary } from '../../../src/console/trace/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { useAsked } from '../../data/request.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { toneOf } from './tone.ts';

const EVERY_MS = 4_000;

const Row = ({ road }: { road: RoadSummary }) => (
  <tr>
    <td class="mono">{new Date(road.at).toLocaleTimeString()}</td>
    <td>
      <a href={hrefOf('trace', [road.root])}>{road.title}</a> <span class="quiet">{road.place}</span>
    </td>
    <td>
      <Badge tone={toneOf(road.state)}>{road.note}</Badge>
    </td>
  </tr>
);

/** The latest roads, or those that hold what is searched for. */
export const RoadList = ({ search }: { search: string }) => {
  const { data: roads, error } = useAsked<RoadSummary[]>(
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
      {roads?.length === 0 && (
        <Empty title={search === '' ? 'Nothing has happened yet' : 'Nothing found'}>
          {search === ''
            ? 'Send a request to the API, or write to a table or a queue: what follows from it is shown here.'
            : 'What is older than the latest few thousand events is forgotten.'}
        </Empty>
      )}
      {roads !== undefined && roads.length > 0 && (
        <table class="list card">
          <thead>
            <tr>
              <th>at</th>
              <th>began with</th>
              <th>came out</th>
            </tr>
          </thead>
          <tbody>
            {roads.map((road) => (
              <Row key={road.root} road={road} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
};
