import './styles.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiDocument, IssuedToken } from '../../../src/console/api/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { change, useAsked } from '../../data/request.ts';
import type { Page } from '../../page.ts';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { type Explorer, openExplorer } from './explorer.ts';

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const Explore = ({ document, apiUrl, from }: { document: unknown; apiUrl: string; from: string }) => {
  const place = useRef<HTMLDivElement>(null);
  const [explorer, setExplorer] = useState<Explorer>();
  const [user, setUser] = useState('ada');
  const [signedIn, setSignedIn] = useState<string>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (!place.current) return;
    openExplorer(place.current, document, apiUrl).then(setExplorer, (cause) => setProblem(reasonOf(cause)));
  }, [document, apiUrl]);

  const signIn = async (to: Explorer, name: string) => {
    try {
      const { token } = await change<IssuedToken>('POST', '/api/tokens', { user: name });
      to.signIn(token);
      setSignedIn(name);
      setProblem(undefined);
    } catch (cause) {
      setProblem(reasonOf(cause));
    }
  };
  // Somebody is signed in from the start, so that a first request needs nothing else.
  if (explorer && signedIn === undefined && problem === undefined) void signIn(explorer, user);

  return (
    <div class="page">
      <form
        class="page-head"
        onSubmit={(event) => {
          event.preventDefault();
          if (explorer) void signIn(explorer, user);
        }}
      >
        <label>
          User{' '}
          <input
            type="text"
            name="user"
            value={user}
            onInput={({ currentTarget }) => setUser(currentTarget.value)}
          />
        </label>
        <button type="submit">Sign in</button>
        <span class="quiet" aria-live="polite">
          {signedIn === undefined
            ? ''
            : `Requests are sent as ${signedIn}: the local issuer asks for no password.`}
        </span>
        <span class="quiet">
          {from} · then look at <a href={hrefOf('invocations')}>invocations</a>
        </span>
      </form>
      <Problem message={problem} />
      <div class="explorer" ref={place} />
    </div>
  );
};

const ApiPage = () => {
  const { data, error } = useAsked<ApiDocument>('/api/document');
  if (!data) return <Problem message={error} />;
  const { from, document, apiUrl } = data;
  if (from !== undefined) return <Explore document={document} apiUrl={apiUrl} from={from} />;
  return (
    <Empty title="No OpenAPI document">
      A route such as GET /openapi.json, or a file openapi.json of the service, would be shown here. The API
      answers at {apiUrl}.
    </Empty>
  );
};

export const api: Page = {
  name: 'api',
  title: 'API',
  about: 'The service’s OpenAPI document, with a client that sends requests',
  Content: ApiPage,
};
