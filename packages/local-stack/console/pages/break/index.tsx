import './styles.css';
import { useState } from 'preact/hooks';
import type { BreakState } from '../../../src/console/break/wire.ts';
import { change, useAsked } from '../../data/request.ts';
import type { Page } from '../../page.ts';
import { Problem } from '../../ui/problem.tsx';
import { Actions } from './actions.tsx';
import { FunctionSwitches } from './functions.tsx';
import { MappingSwitches, ResourceSwitches } from './resources.tsx';
import type { Act } from './switch.tsx';

const EVERY_MS = 2_000;

const BreakPage = () => {
  const { data: state, error, ask } = useAsked<BreakState>('/api/break', EVERY_MS);
  const [problem, setProblem] = useState<string>();
  const act: Act = async (work) => {
    setProblem(undefined);
    try {
      return await work();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      return undefined;
    } finally {
      ask();
    }
  };
  if (!state) return <Problem message={error} />;
  return (
    <div class="page">
      <Problem message={problem ?? error} />
      <section class="card">
        <h2>Active faults</h2>
        {state.on.length === 0 ? (
          <p class="quiet">Nothing is broken. Faults end when the stack restarts.</p>
        ) : (
          <>
            <ul class="break-on" aria-label="Active faults">
              {state.on.map(({ id, description }) => (
                <li key={id}>
                  <button
                    type="button"
                    aria-label={`Repair: ${description}`}
                    onClick={() => act(() => change('DELETE', `/api/break/${encodeURIComponent(id)}`))}
                  >
                    Repair
                  </button>{' '}
                  {description}
                </li>
              ))}
            </ul>
            <button type="button" onClick={() => act(() => change('DELETE', '/api/break'))}>
              Take everything back
            </button>
          </>
        )}
      </section>
      <Actions state={state} act={act} />
      <FunctionSwitches state={state} act={act} />
      <ResourceSwitches state={state} act={act} />
      <MappingSwitches state={state} act={act} />
    </div>
  );
};

export const breakIt: Page = {
  name: 'break',
  title: 'Break it',
  about: 'Switches that break parts of the service and repair them',
  Content: BreakPage,
};
