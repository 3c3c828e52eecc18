import { useEffect, useState } from 'preact/hooks';
import type { StepCheck, TourView } from '../../../src/console/tour/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { change, useAsked } from '../../data/request.ts';
import { Badge } from '../../ui/badge.tsx';
import { Problem } from '../../ui/problem.tsx';
import { areOpened } from './opened.ts';

const EVERY_MS = 1_000;

interface StepProps {
  step: TourView['steps'][number];
  index: number;
  run: string;
  state: 'done' | 'now' | 'later';
  onDone: () => void;
}

const Now = ({ step, index, run, onDone }: StepProps) => {
  const [hasActed, setActed] = useState(step.action === undefined);
  const [isActing, setActing] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { data: check, error } = useAsked<StepCheck>(
    // What it looks for is made by its button.
    hasActed ? `/api/tour/${index}/check?run=${run}` : undefined,
    EVERY_MS,
  );
  const isOpened = areOpened(step.toOpen);
  const isDone = hasActed && isOpened && check?.isDone === true;
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone, onDone]);
  const act = async () => {
    setProblem(undefined);
    setActing(true);
    try {
      await change('POST', `/api/tour/${index}/action`, { run });
      setActed(true);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    setActing(false);
  };
  const missing = [...(check?.missing ?? []), ...(isOpened ? [] : ['the page named here was opened'])];
  return (
    <>
      {step.text.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <p class="page-head">
        {step.action && (
          <button type="button" class="primary" disabled={isActing} onClick={act}>
            {step.action.label}
          </button>
        )}
        {step.look && <a href={hrefOf(step.look.page, step.look.path)}>{step.look.label}</a>}
      </p>
      <Problem message={problem ?? error} />
      <p class="quiet" role="status">
        {missing.length > 0 && `This step is done when ${missing.join(', and ')}.`}
      </p>
    </>
  );
};

/** A step of the tour: what it says, its button, and whether it is done. */
export const Step = (props: StepProps) => {
  const { step, state } = props;
  return (
    <li class={`card tour-step ${state}`} aria-current={state === 'now' ? 'step' : undefined}>
      <h3>
        {step.title} {state === 'done' && <Badge tone="good">done</Badge>}
      </h3>
      {state === 'now' && <Now {...props} />}
    </li>
  );
};
