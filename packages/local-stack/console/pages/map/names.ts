import type { MapNode, NodeNumbers } from '../../../src/console/map/wire.ts';

const KIND_WORD = /(?<=[a-z])(Table|Topic|Queue|Bucket)$/;

/** A node's name without what all names of the stack begin with, or the word for its kind. */
export const shortName = ({ id, kind, name }: MapNode, stackName: string | undefined): string => {
  if (kind === 'stream') return 'stream';
  if (kind !== 'function' || stackName === undefined) return id.replace(KIND_WORD, '');
  return name.startsWith(`${stackName}-`) ? name.slice(stackName.length + 1) : name;
};

const rate = (perSecond: number): string =>
  `${perSecond >= 10 || perSecond === 0 ? Math.round(perSecond) : perSecond.toFixed(1)}/s`;

export const age = (seconds: number): string => {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
};

/** What is worth a place on the node, in the order of its weight; zeros are left out. */
export const figures = (numbers: NodeNumbers | undefined): string[] => {
  if (!numbers) return [];
  const { perSecond = 0, inFlight = 0, waiting = 0, failed = 0, oldestSeconds = 0 } = numbers;
  return [
    ...(perSecond > 0 ? [rate(perSecond)] : []),
    ...(inFlight > 0 ? [`${inFlight} in flight`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(oldestSeconds > 0 ? [`oldest ${age(oldestSeconds)}`] : []),
  ];
};
