import './styles.css';
import type { TourView } from '../../../src/console/tour/wire.ts';
import { useAsked } from '../../data/request.ts';
import type { Page } from '../../page.ts';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useProgress } from './progress.ts';
import { Step } from './step.tsx';

const TourPage = () => {
  const { data: tour, error } = useAsked<TourView>('/api/tour');
  const { run, done, finish, restart } = useProgress();
  if (!tour) {
    const isMissing = error?.includes('has no tour') ?? false;
    return (
      <div class="page">
        {isMissing ? <Empty title="No tour">{error}</Empty> : <Problem message={error} />}
      </div>
    );
  }
  const isOver = done >= tour.steps.length;
  return (
    <div class="page tour">
      <header class="page-head">
        <h2>{tour.title}</h2>
        <span class="quiet">
          {Math.min(done, tour.steps.length)} of {tour.steps.length} steps done
        </span>
        <button type="button" onClick={restart}>
          Start again
        </button>
      </header>
      <p>{tour.about}</p>
      <ol class="tour-steps">
        {tour.steps.map((step, index) => (
          <Step
            key={step.title}
            step={step}
            index={index}
            run={run}
            state={index < done ? 'done' : index === done ? 'now' : 'later'}
            onDone={() => finish(index)}
          />
        ))}
      </ol>
      <p role="status">{isOver ? 'You are done. Everything is repaired, and nothing was lost.' : ''}</p>
    </div>
  );
};

export const tour: Page = {
  name: 'tour',
  title: 'Tour',
  about: 'Break it, watch it, repair it, step by step',
  Content: TourPage,
};
