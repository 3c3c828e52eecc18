import './styles.css';
import { useState } from 'preact/hooks';
import type { AlarmsView, AlarmView } from '../../../src/console/alarms/wire.ts';
import type { ServiceSummary } from '../../../src/console/service/wire.ts';
import { useAsked } from '../../data/request.ts';
import type { Page } from '../../page.ts';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { AlarmCard } from './alarm-card.tsx';
import { IteratorAges } from './iterator-ages.tsx';

const ASK_EVERY_MS = 5_000;
const WINDOWS = [
  { minutes: 15, label: '15 minutes' },
  { minutes: 60, label: '1 hour' },
  { minutes: 360, label: '6 hours' },
];

/** What is in alarm comes first, then what the iterator's age says, then the order of the template. */
const weight = ({ state, isIteratorAge }: AlarmView): number =>
  (state === 'ALARM' ? 0 : 2) + (isIteratorAge ? 0 : 1);

const MetricsPage = () => {
  const [minutes, setMinutes] = useState(15);
  const { data, error } = useAsked<AlarmsView>(`/api/alarms?minutes=${minutes}`, ASK_EVERY_MS);
  const { data: service } = useAsked<ServiceSummary>('/api/service');
  return (
    <div class="page">
      <div class="page-head">
        <label>
          The last{' '}
          <select value={minutes} onChange={({ currentTarget }) => setMinutes(Number(currentTarget.value))}>
            {WINDOWS.map((one) => (
              <option key={one.minutes} value={one.minutes}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
        <span class="quiet">Alarms are evaluated at full minutes, as CloudWatch does.</span>
      </div>
      <Problem message={error} />
      {data && (
        <>
          <IteratorAges view={data} />
          {data.alarms.length === 0 && <Empty title="No alarm">The template declares none.</Empty>}
          <div class="alarm-cards">
            {data.alarms
              .toSorted((left, right) => weight(left) - weight(right))
              .map((alarm) => (
                <AlarmCard
                  key={alarm.alarmName}
                  alarm={alarm}
                  from={data.from}
                  to={data.to}
                  stackName={service?.stackName ?? ''}
                />
              ))}
          </div>
        </>
      )}
    </div>
  );
};

export const metrics: Page = {
  name: 'metrics',
  title: 'Metrics and alarms',
  about: 'Iterator age, and every alarm with its metric and threshold',
  Content: MetricsPage,
};
