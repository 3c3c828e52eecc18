import './styles.css';
import type { QueuesView } from '../../../src/console/queues/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { useAsked } from '../../data/request.ts';
import type { Page, PageProps } from '../../page.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Failures } from './failures.tsx';
import { Messages } from './messages.tsx';

const EVERY_MS = 1_000;

const Overview = ({ view, chosen }: { view: QueuesView; chosen: string | undefined }) => (
  <table class="list card">
    <thead>
      <tr>
        <th>queue</th>
        <th>visible</th>
        <th>hidden</th>
        <th>delayed</th>
        <th>read by</th>
      </tr>
    </thead>
    <tbody>
      {view.queues.map(({ id, visible, hidden, delayed, takesFrom, readBy }) => (
        <tr key={id} class={id === chosen ? 'chosen' : ''}>
          <td>
            <a href={hrefOf('queues', [id])} aria-current={id === chosen ? 'true' : undefined}>
              {id}
            </a>
          </td>
          <td>{takesFrom.length > 0 && visible > 0 ? <Badge tone="bad">{visible}</Badge> : visible}</td>
          <td>{hidden}</td>
          <td>{delayed}</td>
          <td class="quiet">
            {takesFrom.length > 0 ? `dead letters of ${takesFrom.join(', ')}` : readBy.join(', ')}
          </td>
        </tr>
      ))}
      {view.buckets.map(({ id, objects, toldBy }) => (
        <tr key={id} class={id === chosen ? 'chosen' : ''}>
          <td>
            <a href={hrefOf('queues', [id])} aria-current={id === chosen ? 'true' : undefined}>
              {id}
            </a>{' '}
            <span class="quiet">bucket</span>
          </td>
          <td>{objects > 0 ? <Badge tone="bad">{objects}</Badge> : 0}</td>
          <td />
          <td />
          <td class="quiet">given up by {toldBy.join(', ')}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const QueuesPage = ({ path: [chosen] }: PageProps) => {
  const { data: view, error, ask } = useAsked<QueuesView>('/api/queues', EVERY_MS);
  const queue = view?.queues.find(({ id }) => id === chosen);
  const bucket = view?.buckets.find(({ id }) => id === chosen);
  return (
    <div class="page">
      <Problem message={error} />
      {view && view.queues.length + view.buckets.length === 0 && <Empty title="The template has no queue" />}
      {view && <Overview view={view} chosen={chosen} />}
      {queue && <Messages key={queue.id} queue={queue} onChange={ask} />}
      {bucket && <Failures key={bucket.id} bucket={bucket} onChange={ask} />}
    </div>
  );
};

export const queues: Page = {
  name: 'queues',
  title: 'Queues',
  about: 'Messages in queues, failures and their causes. Looking does not receive messages',
  Content: QueuesPage,
};
