import { useState } from 'preact/hooks';
import type { MapEdge, NodeDetails, NodeNumbers, ServiceMap } from '../../../src/console/map/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { change, useAsked } from '../../data/request.ts';
import { Json } from '../../ui/json.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../queues/action.ts';
import { FunctionActivity } from './activity.tsx';
import { figures } from './names.ts';

const EDGE_WORDS: Readonly<Record<MapEdge['kind'], [out: string, into: string]>> = {
  calls: ['calls', 'called by'],
  flows: ['to', 'from'],
  writes: ['writes', 'written by'],
  reads: ['reads', 'read by'],
  fails: ['gives up to', 'given up by'],
};

const Connections = ({ id, edges }: { id: string; edges: readonly MapEdge[] }) => {
  const own = edges.filter(({ from, to }) => from === id || to === id);
  if (own.length === 0) return null;
  return (
    <section>
      <h3>Arrows</h3>
      <ul class="map-connections">
        {own.map((edge) => {
          const isOut = edge.from === id;
          const other = isOut ? edge.to : edge.from;
          return (
            <li key={edge.id}>
              <span class="quiet">{EDGE_WORDS[edge.kind][isOut ? 0 : 1]}</span>{' '}
              <a href={hrefOf('map', [other])}>{other}</a>
              {edge.details && edge.details.length > 0 && (
                <pre class="map-details">{edge.details.join('\n')}</pre>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
};

const Rights = ({ rights }: { rights: NonNullable<NodeDetails['rights']> }) => (
  <section>
    <h3>Permissions of its role</h3>
    {rights.map((statement) => (
      <div class="map-right" key={statement.path} title={statement.path}>
        <p>
          <span class={statement.effect === 'Deny' ? 'bad-text' : 'quiet'}>{statement.effect}</span>{' '}
          <code>{statement.actions.join(', ')}</code>
        </p>
        {statement.resources.map((resource) => (
          <p class="quiet mono" key={resource}>
            {resource}
          </p>
        ))}
        {statement.conditions.map((condition) => (
          <p class="quiet" key={condition}>
            when {condition}
          </p>
        ))}
      </div>
    ))}
  </section>
);

const Schedule = ({ id, schedule }: { id: string; schedule: NonNullable<NodeDetails['schedule']> }) => {
  const [fired, setFired] = useState(false);
  const { problem, run } = useAction(() => {});
  const { expression, enabled, next } = schedule;
  const due = next === undefined ? 'does not fire any more' : `next ${new Date(next).toLocaleString()}`;
  const fire = () =>
    run(async () => {
      setFired(false);
      await change('POST', `/api/map/nodes/${encodeURIComponent(id)}/fire`);
      setFired(true);
    });
  return (
    <section>
      <p>
        <code>{expression}</code> <span class="quiet">{enabled ? due : 'disabled'}</span>
      </p>
      <p>
        <button type="button" onClick={fire}>
          Fire now
        </button>{' '}
        <span role="status">{fired ? 'fired' : ''}</span>
      </p>
      <Problem message={problem} />
    </section>
  );
};

interface PanelProps {
  id: string;
  map: ServiceMap;
  numbers: NodeNumbers | undefined;
  onClose: () => void;
}

/** Everything about one node. */
export const Panel = ({ id, map, numbers, onClose }: PanelProps) => {
  const { data, error } = useAsked<NodeDetails>(`/api/map/nodes/${encodeURIComponent(id)}`);
  const shown = figures(numbers);
  return (
    <aside class="map-panel" aria-label={id}>
      <header>
        <h2>{id.replace(/:stream$/, ' stream')}</h2>
        <button type="button" class="plain" onClick={onClose} aria-label="Close">
          ✕
        </button>
      </header>
      <Problem message={error} />
      {!data && error === undefined && <p class="quiet">Loading …</p>}
      {numbers?.trouble !== undefined && <p class="problem">{numbers.trouble}</p>}
      {shown.length > 0 && <p>{shown.join(' · ')}</p>}
      {data && (
        <>
          <p class="quiet mono">{data.arn ?? data.name}</p>
          {data.schedule && <Schedule id={id} schedule={data.schedule} />}
          {data.functions.length > 0 && <FunctionActivity functions={data.functions} />}
          <Connections id={id} edges={map.edges} />
          {data.source && (
            <section>
              <h3>
                Declared in {data.source.file}:{data.source.line}
              </h3>
              <pre class="map-source">{data.source.text}</pre>
            </section>
          )}
          {data.rights && <Rights rights={data.rights} />}
          <section>
            <h3>As deployed ({data.type})</h3>
            <Json value={data.properties} label="Properties" />
          </section>
        </>
      )}
    </aside>
  );
};
