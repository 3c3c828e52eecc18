import './styles.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { NodeNumbers, ServiceMap } from '../../../src/console/map/wire.ts';
import type { ServiceSummary } from '../../../src/console/service/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { useChannel } from '../../data/live.ts';
import { useAsked } from '../../data/request.ts';
import type { Page, PageProps } from '../../page.ts';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Drawing } from './drawing.tsx';
import { type Layout, layOut } from './layout.ts';
import { Panel } from './panel.tsx';

const MIN_SCALE = 0.35;
const MAX_SCALE = 1.5;
const clamp = (scale: number) => Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));

const useLayout = (map: ServiceMap | undefined, withReads: boolean): Layout | undefined => {
  const [layout, setLayout] = useState<Layout>();
  useEffect(() => {
    if (!map) return;
    let isCurrent = true;
    const edges = withReads ? map.edges : map.edges.filter(({ kind }) => kind !== 'reads');
    void layOut({ ...map, edges }).then((made) => isCurrent && setLayout(made));
    return () => {
      isCurrent = false;
    };
  }, [map, withReads]);
  return layout;
};

/** Moves the view with a pressed pointer, as maps do. */
const useDragging = () => {
  const view = useRef<HTMLElement>(null);
  const drag = (event: PointerEvent) => {
    if (event.buttons !== 1 || !view.current) return;
    view.current.scrollLeft -= event.movementX;
    view.current.scrollTop -= event.movementY;
  };
  return { view, drag };
};

const MapPage = ({ path: [selected] }: PageProps) => {
  const { data: map, error } = useAsked<ServiceMap>('/api/map');
  const { data: service } = useAsked<ServiceSummary>('/api/service');
  const [withReads, setWithReads] = useState(false);
  const [wantedScale, setScale] = useState<number>();
  const [latest, setLatest] = useState<readonly NodeNumbers[]>([]);
  useChannel<NodeNumbers[]>('map-numbers', (messages) => setLatest(messages.at(-1) ?? []));
  const layout = useLayout(map, withReads);
  const numbers = useMemo(() => new Map(latest.map((one) => [one.id, one])), [latest]);
  const { view, drag } = useDragging();

  if (!map || !layout) return <Problem message={error} />;
  if (map.nodes.length === 0)
    return <Empty title="Nothing to draw">The template declares no resource.</Empty>;
  const fitting = clamp(
    Math.min(1, ((view.current?.clientWidth ?? window.innerWidth - 170) - 8) / layout.width),
  );
  const scale = wantedScale ?? Math.max(fitting, 0.5);
  const show = (id: string | undefined) => {
    window.location.hash = hrefOf('map', id === undefined ? [] : [id]);
  };
  return (
    <div class={`map ${selected === undefined ? '' : 'with-panel'}`}>
      <div class="map-tools">
        <label>
          <input type="checkbox" checked={withReads} onChange={() => setWithReads(!withReads)} /> reads
        </label>
        <button type="button" onClick={() => setScale(clamp(scale / 1.2))} aria-label="Smaller">
          −
        </button>
        <button type="button" onClick={() => setScale(clamp(scale * 1.2))} aria-label="Larger">
          +
        </button>
        <button type="button" onClick={() => setScale(fitting)}>
          Fit
        </button>
        {map.withoutRights !== undefined && (
          <span class="quiet">Rights are not drawn: {map.withoutRights}</span>
        )}
      </div>
      <section
        class="map-view"
        ref={view}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        aria-label="Map of the service"
        onPointerMove={drag}
      >
        <Drawing
          layout={layout}
          numbers={numbers}
          stackName={service?.stackName}
          scale={scale}
          selected={selected}
          onSelect={show}
        />
      </section>
      {selected !== undefined && (
        <Panel id={selected} map={map} numbers={numbers.get(selected)} onClose={() => show(undefined)} />
      )}
    </div>
  );
};

export const map: Page = {
  name: 'map',
  title: 'Map',
  about: 'The resources of the template, with live numbers',
  Content: MapPage,
};
