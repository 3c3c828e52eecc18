import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api';
import type { MapEdge, MapNode, ServiceMap } from '../../../src/console/map/wire.ts';

const NODE_WIDTH = 148;
const STREAM_WIDTH = 104;
const NODE_HEIGHT = 76;
const LABEL_HEIGHT = 16;
const CHARACTER_WIDTH = 6;
const MAX_LABEL = 22;

export interface PlacedNode extends MapNode {
  x: number;
  y: number;
  width: number;
  height: number;
  /** The routes of a function that the API calls. */
  routes: string | undefined;
}
export interface PlacedEdge extends MapEdge {
  /** Of an SVG path. */
  path: string;
  text?: { x: number; y: number; value: string };
}
export interface Layout {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

const cut = (text: string): string => (text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text);

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.spacing.nodeNode': '12',
  'elk.spacing.edgeNode': '10',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.componentComponent': '28',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  // An arrow back to something earlier is the one that goes against the direction.
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.padding': '[top=20,left=20,bottom=20,right=20]',
};

const pathOf = ({ sections = [] }: ElkExtendedEdge): string =>
  sections
    .map(({ startPoint, bendPoints = [], endPoint }) =>
      [startPoint, ...bendPoints, endPoint]
        .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`)
        .join(''),
    )
    .join('');

/** The API first, then what follows from it: along this order the map is read. */
const inReadingOrder = ({ nodes, edges }: ServiceMap): MapNode[] => {
  const starts = nodes.toSorted((left, right) => Number(right.kind === 'api') - Number(left.kind === 'api'));
  const seen = new Set<MapNode>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const following = Map.groupBy(
    edges.filter(({ kind }) => kind !== 'reads'),
    ({ from }) => from,
  );
  for (const start of starts) {
    const hasSource = edges.some(({ to, kind }) => to === start.id && kind !== 'reads');
    if (start.kind !== 'api' && hasSource) continue;
    const queue = [start];
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      if (seen.has(node)) continue;
      seen.add(node);
      for (const { to } of following.get(node.id) ?? []) {
        const next = byId.get(to);
        if (next) queue.push(next);
      }
    }
  }
  // What is in a circle without a beginning.
  for (const node of nodes) seen.add(node);
  return [...seen];
};

/** What a label says that the node or the panel does not say as well. */
const labelOf = ({ kind, label }: MapEdge): string | undefined =>
  kind === 'calls' || label === undefined || label.startsWith('batches') ? undefined : cut(label);

const widthOf = ({ kind }: MapNode): number => (kind === 'stream' ? STREAM_WIDTH : NODE_WIDTH);

/** Places nodes from left to right along the arrows. The layout library is loaded when it is first needed. */
export const layOut = async (map: ServiceMap): Promise<Layout> => {
  const { edges } = map;
  const nodes = inReadingOrder(map);
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: OPTIONS,
    children: nodes.map((node) => ({ id: node.id, width: widthOf(node), height: NODE_HEIGHT })),
    edges: edges.map((edge) => {
      const label = labelOf(edge);
      return {
        id: edge.id,
        sources: [edge.from],
        targets: [edge.to],
        labels:
          label === undefined
            ? []
            : [{ text: label, width: label.length * CHARACTER_WIDTH + 8, height: LABEL_HEIGHT }],
      };
    }),
  };
  const { children = [], edges: routed = [], width = 0, height = 0 } = await new Elk().layout(graph);
  const places = new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  const routes = new Map(routed.map((edge) => [edge.id, edge]));
  return {
    width,
    height,
    nodes: nodes.map((node) => ({
      ...node,
      ...(places.get(node.id) ?? { x: 0, y: 0 }),
      width: widthOf(node),
      height: NODE_HEIGHT,
      routes: edges.find(({ kind, to }) => kind === 'calls' && to === node.id)?.label,
    })),
    edges: edges.flatMap((edge) => {
      const route = routes.get(edge.id);
      if (!route) return [];
      const [label] = route.labels ?? [];
      return {
        ...edge,
        path: pathOf(route),
        ...(label && { text: { x: label.x ?? 0, y: label.y ?? 0, value: label.text ?? '' } }),
      };
    }),
  };
};
