import type { NodeKind } from '../../../src/console/map/wire.ts';

/** Outlines in a field of 16 by 16. */
const PATHS: Readonly<Record<NodeKind, string>> = {
  api: 'M2 8h12M8 2c4 4 4 8 0 12M8 2c-4 4-4 8 0 12M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12',
  function: 'M3 13L8 5M5 3h2l5 10h2',
  table: 'M3 4c0-2 10-2 10 0v8c0 2-10 2-10 0zM3 4c0 2 10 2 10 0M3 8c0 2 10 2 10 0',
  stream: 'M2 5c3-3 5 3 8 0s3 0 4 0M2 11c3-3 5 3 8 0s3 0 4 0',
  topic: 'M3 8h4M7 8l6-5M7 8h6M7 8l6 5',
  queue: 'M2 4h3v8H2zM6.500 4h3v8h-3zM11 4h3v8h-3z',
  'dead-letter queue': 'M2 4h12v8H2zM6 6l4 4M10 6l-4 4',
  'event bus': 'M1 6h14M1 10h14M4 6V3M8 10v3M12 6V3',
  rule: 'M2 3h12L9 8v5l-2-1V8z',
  schedule: 'M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12M8 5v3l3 2',
  bucket: 'M2 4h12l-2 10H4zM2 4c0-2 12-2 12 0',
};

export const KindIcon = ({ kind }: { kind: NodeKind }) => (
  <svg
    class={`kind-icon ${kind.replaceAll(' ', '-')}`}
    viewBox="0 0 16 16"
    width="16"
    height="16"
    aria-hidden="true"
  >
    <path d={PATHS[kind]} />
  </svg>
);
