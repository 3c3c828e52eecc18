import { useState } from 'preact/hooks';
import type { Trace, TraceStep } from '../../../src/console/trace/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { useAsked } from '../../data/request.ts';
import { Problem } from '../../ui/problem.tsx';
import { StepDetails } from './step.tsx';

const EVERY_MS = 2_000;
const INDENT_PX = 14;
const MAX_INDENT = 12;

const duration = (ms: number): string =>
  ms < 1_000
    ? `${Math.round(ms)} ms`
    : ms < 60_000
      ? `${(ms / 1_000).toFixed(1)} s`
      : `${(ms / 60_000).toFixed(1)} min`;

interface Span {
  begin: number;
  length: number;
}

const Row = ({
  step,
  span: { begin, length },
  isChosen,
  onChoose,
}: {
  step: TraceStep;
  span: Span;
  isChosen: boolean;
  onChoose: () => void;
}) => {
  const end = step.until ?? begin + length;
  const left = (100 * (step.at - begin)) / length;
  const width = Math.max(0.3, (100 * (end - step.at)) / length);
  return (
    <li>
      <button type="button" class={`trace-row ${step.state}`} aria-expanded={isChosen} onClick={onChoose}>
        <span class="trace-name" style={{ paddingLeft: `${INDENT_PX * Math.min(step.depth, MAX_INDENT)}px` }}>
          <span class="trace-kind">{step.kind}</span> <strong>{step.title}</strong>{' '}
          {step.place !== step.title && <span class="quiet">{step.place}</span>}
        </span>
        <span class="trace-bars">
          <span class="trace-bar" style={{ left: `${Math.min(left, 99.7)}%`, width: `${width}%` }} />
        </span>
        <span class="trace-time mono">{step.until === undefined ? '…' : duration(step.until - step.at)}</span>
        <span class="trace-note">{step.note}</span>
      </button>
    </li>
  );
};

/** A trace from its beginning, a row a step; the chosen step shows what is known of it. */
export const Waterfall = ({ root, chosen }: { root: string; chosen: string | undefined }) => {
  const { data: trace, error } = useAsked<Trace>(`/api/traces/${encodeURIComponent(root)}`, EVERY_MS);
  const [open, setOpen] = useState(chosen);
  const steps = trace?.steps ?? [];
  const begin = Math.min(...steps.map(({ at }) => at));
  const last = Math.max(...steps.map(({ at, until }) => until ?? at));
  const isUnderWay = steps.some(({ until }) => until === undefined);
  const span = { begin, length: Math.max(1, (isUnderWay ? Math.max(last, Date.now()) : last) - begin) };
  return (
    <>
      <div class="page-head">
        <a href={hrefOf('trace')}>All traces</a>
        {trace && (
          <span class="quiet">
            {steps.length} steps in {duration(span.length)}
            {trace.isCut ? ', cut' : ''}
          </span>
        )}
      </div>
      <Problem message={error} />
      {trace && (
        <ol class="trace card" aria-label="Steps">
          {steps.map((step) => (
            <>
              <Row
                key={step.id}
                step={step}
                span={span}
                isChosen={open === step.id}
                onChoose={() => setOpen(open === step.id ? undefined : step.id)}
              />
              {open === step.id && (
                <li key={`${step.id} details`} class="trace-details">
                  <StepDetails step={step} />
                </li>
              )}
            </>
          ))}
        </ol>
      )}
    </>
  );
};
