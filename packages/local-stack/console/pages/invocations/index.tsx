import './styles.css';
import type { Page, PageProps } from '../../page.ts';
import { Invocation } from './invocation.tsx';
import { InvocationList } from './list.tsx';
import { Samples } from './samples.tsx';

const InvocationsPage = ({ path: [shown], query }: PageProps) => (
  <div class={`invocations ${shown === undefined ? '' : 'with-detail'}`}>
    <InvocationList shown={shown} query={query} />
    {shown === 'send' && <Samples key={query.toString()} query={query} />}
    {shown !== undefined && shown !== 'send' && <Invocation key={shown} requestId={shown} />}
  </div>
);

export const invocations: Page = {
  name: 'invocations',
  title: 'Invocations',
  about: 'Every invocation, with event, response and log',
  Content: InvocationsPage,
};
