import { useEffect, useRef } from 'preact/hooks';
import type { NodeNumbers } from '../../../src/console/map/wire.ts';
import { KindIcon } from './icon.tsx';
import type { Layout, PlacedEdge, PlacedNode } from './layout.ts';
import { figures, shortName } from './names.ts';

const Edge = ({ edge, isNear }: { edge: PlacedEdge; isNear: boolean }) => (
  <g class={`map-edge ${edge.kind} ${isNear ? 'near' : ''}`}>
    <title>{[edge.label, ...(edge.details ?? [])].filter(Boolean).join('\n')}</title>
    <path class="map-edge-field" d={edge.path} />
    <path class="map-edge-line" d={edge.path} marker-end={`url(#arrow-${edge.kind})`} />
    {edge.text && (
      <text x={edge.text.x + 4} y={edge.text.y + 12}>
        {edge.text.value}
      </text>
    )}
  </g>
);

/** A long name may break before each of its words. */
const breakable = (name: string) =>
  name
    .split(/(?<=[a-z])(?=[A-Z])/)
    .flatMap((word, index) => (index === 0 ? [word] : [<wbr key={word} />, word]));

interface NodeProps {
  node: PlacedNode;
  numbers: NodeNumbers | undefined;
  stackName: string | undefined;
  isSelected: boolean;
  onSelect: () => void;
}

const Node = ({ node, numbers, stackName, isSelected, onSelect }: NodeProps) => {
  const shown = figures(numbers);
  const name = shortName(node, stackName);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isSelected) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isSelected]);
  return (
    <button
      type="button"
      ref={button}
      class={`map-node ${numbers?.trouble === undefined ? '' : 'trouble'}`}
      style={{
        left: `${node.x}px`,
        top: `${node.y}px`,
        width: `${node.width}px`,
        height: `${node.height}px`,
      }}
      aria-pressed={isSelected}
      title={[node.id, node.kind, node.name, numbers?.trouble].filter(Boolean).join('\n')}
      onClick={onSelect}
    >
      <span class="map-node-name">
        <KindIcon kind={node.kind} />
        <span>{breakable(name)}</span>
      </span>
      <span class="map-node-figures">
        {shown.length > 0 ? shown.slice(0, 3).join(' · ') : (node.routes ?? node.kind)}
      </span>
    </button>
  );
};

const ARROWS = ['calls', 'flows', 'writes', 'reads', 'fails'] as const;

interface DrawingProps {
  layout: Layout;
  numbers: ReadonlyMap<string, NodeNumbers>;
  stackName: string | undefined;
  scale: number;
  selected: string | undefined;
  onSelect: (id: string) => void;
}

/** The map itself: lines below, buttons above. */
export const Drawing = ({ layout, numbers, stackName, scale, selected, onSelect }: DrawingProps) => (
  <div class="map-sheet" style={{ width: `${layout.width * scale}px`, height: `${layout.height * scale}px` }}>
    <div
      class="map-scaled"
      style={{ width: `${layout.width}px`, height: `${layout.height}px`, transform: `scale(${scale})` }}
    >
      <svg width={layout.width} height={layout.height} aria-hidden="true">
        <defs>
          {ARROWS.map((kind) => (
            <marker
              key={kind}
              id={`arrow-${kind}`}
              class={`map-arrow ${kind}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" />
            </marker>
          ))}
        </defs>
        {layout.edges.map((edge) => (
          <Edge key={edge.id} edge={edge} isNear={edge.from === selected || edge.to === selected} />
        ))}
      </svg>
      {layout.nodes.map((node) => (
        <Node
          key={node.id}
          node={node}
          numbers={numbers.get(node.id)}
          stackName={stackName}
          isSelected={node.id === selected}
          onSelect={() => onSelect(node.id)}
        />
      ))}
    </div>
  </div>
);
