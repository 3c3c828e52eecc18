import { useEffect } from 'preact/hooks';
import type { ServiceSummary } from '../../src/console/service/wire.ts';
import { hrefOf, useAddress } from '../data/address.ts';
import { useConnection } from '../data/live.ts';
import { useAsked } from '../data/request.ts';
import { pages } from '../pages/index.ts';
import { Badge } from '../ui/badge.tsx';
import { useTheme } from './theme.ts';

const SUMMARY_EVERY_MS = 3_000;

/** Navigation, state of the service, and the page that the address names. */
export const Frame = () => {
  const { name, path, query } = useAddress();
  const [theme, toggleTheme] = useTheme();
  const { data: service, error } = useAsked<ServiceSummary>('/api/service', SUMMARY_EVERY_MS);
  const isConnected = useConnection();
  const page = pages.find((one) => one.name === name) ?? pages[0];
  useEffect(() => {
    document.title = `${page.title} · ${service?.stackName ?? 'local stack'}`;
  }, [page, service?.stackName]);
  const lost = service?.engines.filter(({ answers }) => !answers) ?? [];

  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        To the content
      </button>
      <header class="frame-head">
        <span class="frame-name">{service?.stackName ?? '…'}</span>
        {service && (
          <span class="quiet">
            {service.stage} · {service.region}
          </span>
        )}
        <span class="frame-states" aria-live="polite">
          {error !== undefined || isConnected === false ? <Badge tone="bad">stack not reached</Badge> : null}
          {lost.map((engine) => (
            <Badge key={engine.name} tone="bad">
              {engine.name} does not answer
            </Badge>
          ))}
          {service && service.broken.length > 0 ? (
            <a href={hrefOf('break')} title={service.broken.join('\n')}>
              <Badge tone="warn">{service.broken.length} broken on purpose</Badge>
            </a>
          ) : null}
          {service && service.alarmsInAlarm.length > 0 ? (
            <a href={hrefOf('metrics')}>
              <Badge tone="bad">
                {service.alarmsInAlarm.length} {service.alarmsInAlarm.length === 1 ? 'alarm' : 'alarms'}
              </Badge>
            </a>
          ) : null}
        </span>
        <button type="button" class="plain" onClick={toggleTheme}>
          {theme === 'dark' ? 'Light' : 'Dark'}
        </button>
      </header>
      <nav class="frame-nav" aria-label="Pages">
        {pages.map((one) => (
          <a
            key={one.name}
            href={hrefOf(one.name)}
            title={one.about}
            aria-current={one === page ? 'page' : undefined}
          >
            {one.title}
          </a>
        ))}
      </nav>
      <main class="frame-main" id="content" tabIndex={-1}>
        <h1 class="visually-hidden">{page.title}</h1>
        <page.Content key={page.name} path={path} query={query} />
      </main>
    </div>
  );
};
