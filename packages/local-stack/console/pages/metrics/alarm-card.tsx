import type { AlarmCause, AlarmView } from '../../../src/console/alarms/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Plot } from '../../ui/plot.tsx';

const TONES: Readonly<Record<AlarmView['state'], Tone>> = {
  ALARM: 'bad',
  OK: 'good',
  INSUFFICIENT_DATA: 'neutral',
};
const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '≥',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
};

/** The times in which it was in alarm, Unix seconds. */
const alarmSpans = ({ changes, state, since }: AlarmView, to: number) => {
  const spans = changes.flatMap(({ at, state: changed }, index) =>
    changed === 'ALARM' ? [{ from: at / 1_000, to: (changes[index + 1]?.at ?? to) / 1_000 }] : [],
  );
  return changes.length === 0 && state === 'ALARM' ? [{ from: since / 1_000, to: to / 1_000 }] : spans;
};

const hrefOfCause = ({ kind, id, name }: AlarmCause): string => {
  if (kind === 'function') return hrefOf('invocations', [], { search: name, failed: 'true' });
  if (kind === 'queue') return hrefOf('queues', [id]);
  return hrefOf('map', [id]);
};
const WORDS = { function: 'failed invocations of', queue: 'messages in', node: 'on the map:' } as const;

interface AlarmCardProps {
  alarm: AlarmView;
  from: number;
  to: number;
  stackName: string;
}

/** An alarm with its metric, threshold, states and causes. */
export const AlarmCard = ({ alarm, from, to, stackName }: AlarmCardProps) => {
  const { alarmName, description, state, reason, since, looksAt, plot, changes, causes, withoutData } = alarm;
  const latest = plot?.series.values.findLast((value) => value !== null);
  const condition = plot && `${COMPARISONS[plot.comparison] ?? plot.comparison} ${plot.threshold}`;
  return (
    <section class={`card alarm-card ${state === 'ALARM' ? 'in-alarm' : ''}`} aria-label={alarmName}>
      <header>
        <h2>
          {alarmName.startsWith(stackName)
            ? alarmName.slice(stackName.length).replace(/^[\s-]+/, '')
            : alarmName}
        </h2>
        <Badge tone={TONES[state]}>{state.replace('_', ' ').toLowerCase()}</Badge>
      </header>
      {description !== undefined && <p>{description}</p>}
      <p class="quiet">
        {looksAt} {condition}
      </p>
      {plot && (
        <Plot
          label={`${looksAt}, alarm ${condition}: ${latest === undefined ? 'no data' : `${latest} at last`}`}
          times={plot.series.times}
          lines={[{ label: looksAt, values: plot.series.values }]}
          thresholds={[plot.threshold]}
          alarms={alarmSpans(alarm, to)}
          from={from / 1_000}
          to={to / 1_000}
        />
      )}
      {withoutData.length > 0 && (
        <p class="quiet">It cannot fire on this machine: nothing emits {withoutData.join(', ')}.</p>
      )}
      {state === 'ALARM' && <p class="bad-text">{reason}</p>}
      {causes.length > 0 && (
        <p class="alarm-causes">
          {causes.map((cause) => (
            <a key={cause.id} href={hrefOfCause(cause)}>
              {WORDS[cause.kind]} {cause.id}
            </a>
          ))}
        </p>
      )}
      <details>
        <summary class="quiet">
          {state === 'INSUFFICIENT_DATA' ? 'no data yet' : `since ${new Date(since).toLocaleTimeString()}`}
        </summary>
        {changes.length === 0 && <p class="quiet">{reason}</p>}
        <ol class="alarm-changes">
          {changes.toReversed().map((change) => (
            <li key={`${change.at} ${change.state}`}>
              {new Date(change.at).toLocaleTimeString()} {change.state}: {change.reason}
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
};
