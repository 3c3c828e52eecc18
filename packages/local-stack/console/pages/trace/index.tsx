import './styles.css';
import type { Page, PageProps } from '../../page.ts';
import { RoadList } from './list.tsx';
import { Waterfall } from './waterfall.tsx';

const TracePage = ({ path: [root, step], query }: PageProps) => (
  <div class="page">
    {root === undefined ? (
      <RoadList search={query.get('search') ?? ''} />
    ) : (
      <Waterfall key={root} root={root} chosen={step} />
    )}
  </div>
);

export const trace: Page = {
  name: 'trace',
  title: 'Trace',
  about: 'All steps of a request, a record or a message',
  Content: TracePage,
};
