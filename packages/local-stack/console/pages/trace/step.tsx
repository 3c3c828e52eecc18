import type { TraceStep } from '../../../src/console/trace/wire.ts';
import { Json } from '../../ui/json.tsx';

/** Everything that is known of one step: what it was, its JSON, and what the function logged meanwhile. */
export const StepDetails = ({ step }: { step: TraceStep }) => {
  const lines = step.log.filter((line) => !line.startsWith('{"_aws"'));
  return (
    <>
      <dl class="facts">
        <dt>at</dt>
        <dd>{new Date(step.at).toISOString()}</dd>
        {step.facts.map(({ name, value }) => (
          <>
            <dt key={name}>{name}</dt>
            <dd key={`${name} value`}>{value}</dd>
          </>
        ))}
      </dl>
      {step.json.map(({ name, value }) => (
        <section key={name}>
          <h2>{name}</h2>
          <Json value={value} label={name} />
        </section>
      ))}
      {lines.length > 0 && (
        <section>
          <h2>log</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
          <section class="json" tabIndex={0} aria-label="log lines">
            <pre>{lines.join('\n')}</pre>
          </section>
        </section>
      )}
    </>
  );
};
