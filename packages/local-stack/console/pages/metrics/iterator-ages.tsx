import type { AlarmsView } from '../../../src/console/alarms/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { Plot } from '../../ui/plot.tsx';

/** How far behind each reader of a stream is: the first thing to look at. */
export const IteratorAges = ({ view: { iteratorAges, from, to } }: { view: AlarmsView }) => {
  if (iteratorAges.length === 0) return null;
  return (
    <section class="card" aria-label="Iterator age">
      <h2>Iterator age, seconds</h2>
      <p class="quiet">
        How old the last record of a batch was when its function got it. While it grows, a stream is not read
        as fast as it is written; at its retention records are lost.
      </p>
      {iteratorAges.map(({ functionName, functionId, series, thresholds }) => {
        const known = series.values.filter((value) => value !== null);
        const latest = known.at(-1);
        return (
          <div key={functionName}>
            <p>
              <a href={hrefOf('map', [functionId])}>{functionName}</a>{' '}
              <span class="quiet">
                {latest === undefined ? 'not invoked in this time' : `${latest.toFixed(1)} s at last`}
                {thresholds.length > 0 && `, alarms at ${thresholds.join(', ')} s`}
              </span>
            </p>
            <Plot
              label={`Iterator age of ${functionName}: ${latest === undefined ? 'no data' : `${latest} seconds`}`}
              times={series.times}
              lines={[{ label: functionName, values: series.values }]}
              // A threshold far above everything would press the line to the ground.
              thresholds={thresholds.filter((threshold) => threshold <= 10 * Math.max(...known, 30))}
              from={from / 1_000}
              to={to / 1_000}
              height={150}
            />
          </div>
        );
      })}
    </section>
  );
};
