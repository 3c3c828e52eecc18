import type { AnyFailure, Collected } from './failures/collect.ts';
import type { Source } from './failures/failure.ts';

const TITLES: Readonly<Record<Source, string>> = {
  stream: 'Given up by the stream',
  parked: 'Parked by the broadcaster: cannot be published as they are',
  queue: 'Given up by a subscriber',
  subscription: 'Undelivered by SNS',
};
/** Ids shown of a group. */
const MAX_IDS = 5;

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
const indented = (text: string): string => text.replaceAll('\n', '\n             ');

const whatOf = (source: Source, count: number, records: number): string => {
  if (source === 'stream') return `${counted(count, 'batch', 'batches')} of ${counted(records, 'change')}`;
  return counted(count, source === 'parked' ? 'change' : 'message');
};

const groupLines = (group: readonly AnyFailure[]): string[] => {
  const [first] = group;
  if (!first) return [];
  const records = group.reduce((sum, failure) => sum + failure.records, 0);
  const attempts = [...new Set(group.flatMap((failure) => failure.attempts ?? []))].sort((a, b) => a - b);
  const redriven = group.filter(({ history }) => history).length;
  const last = group
    .map((failure) => failure.last)
    .toSorted()
    .at(-1);
  const ids = group.slice(0, MAX_IDS).map(({ id }) => id);
  return [
    `    ${whatOf(first.source, group.length, records)}` +
      (attempts.length > 0
        ? `, ${attempts.join(' or ')} attempt${attempts.at(-1) === 1 ? '' : 's'} each`
        : '') +
      (redriven > 0 ? `, ${redriven} of them redriven before` : ''),
    `      why    ${indented(first.reason)}`,
    `      since  ${first.since}   last ${last}`,
    `      ids    ${ids.join(' ')}${group.length > MAX_IDS ? ` and ${group.length - MAX_IDS} more` : ''}`,
  ];
};

const placeLines = (place: string, failures: readonly AnyFailure[]): string[] => {
  const [first] = failures;
  if (!first) return [];
  const reasons = Map.groupBy(failures, ({ reason }) => reason);
  return [`${TITLES[first.source]} (${place})`, ...[...reasons.values()].flatMap(groupLines), ''];
};

/** The failures, grouped by place and reason. */
export const listLines = ({ failures, deadLetterQueues }: Collected): string[] => {
  const places = Map.groupBy(failures, ({ place }) => place);
  const hidden = deadLetterQueues.filter((queue) => queue.hidden > 0);
  return [
    ...[...places].flatMap(([place, group]) => placeLines(place, group)),
    ...hidden.map(
      ({ id, hidden: count }) =>
        `${id}: ${counted(count, 'message')} being read by another process; visible again within minutes`,
    ),
    failures.length === 0 ? 'Nothing waits.' : `${counted(failures.length, 'failure')} in all.`,
  ];
};
