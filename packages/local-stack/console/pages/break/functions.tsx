import { useState } from 'preact/hooks';
import type { BreakState } from '../../../src/console/break/wire.ts';
import { change } from '../../data/request.ts';
import { type PartProps, Switch } from './switch.tsx';

type FunctionState = BreakState['functions'][number];

const KINDS = [
  ['throws', 'throws'],
  ['hangs', 'hangs'],
  ['slow', 'is slow'],
  ['dies', 'crashes in its batch'],
] as const;

const SLOW_MS = 3_000;

const Environment = ({ one, act }: { one: FunctionState; act: PartProps['act'] }) => {
  const [name, setName] = useState(one.variables[0]?.name ?? '');
  const [value, setValue] = useState('nowhere');
  if (one.variables.length === 0) return null;
  return (
    <form
      class="break-form"
      onSubmit={(event) => {
        event.preventDefault();
        act(() => change('POST', '/api/break', { kind: 'environment', function: one.id, name, value }));
      }}
    >
      <select
        aria-label={`Variable of ${one.id}`}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      >
        {one.variables.map((variable) => (
          <option key={variable.name}>{variable.name}</option>
        ))}
      </select>
      <input
        type="text"
        aria-label={`Wrong value for ${one.id}`}
        value={value}
        onInput={({ currentTarget }) => setValue(currentTarget.value)}
      />
      <button type="submit" aria-label={`Set the variable of ${one.id}`}>
        Set
      </button>
    </form>
  );
};

const nameOf = (arn: string): string => arn.split(/[:/]/).at(-1) ?? arn;

const Rights = ({ one, state, act }: { one: FunctionState } & PartProps) => (
  <details>
    <summary>rights ({one.statements.length})</summary>
    <ul class="break-rights">
      {one.statements.map(({ path, actions, resources }) => (
        <li key={path}>
          <Switch
            id={`right ${one.id} ${path}`}
            fault={{ kind: 'right', function: one.id, statement: path }}
            label={`${one.id} loses ${actions.join(', ')} on ${resources.map(nameOf).join(', ')}`}
            text="take away"
            state={state}
            act={act}
          />{' '}
          <span class="mono">{actions.join(', ')}</span>{' '}
          <span class="quiet">{resources.map(nameOf).join(', ')}</span>
        </li>
      ))}
    </ul>
  </details>
);

/** What can be wrong with a function. */
export const FunctionSwitches = ({ state, act }: PartProps) => (
  <section class="card">
    <h2>Functions</h2>
    <ul class="break-parts">
      {state.functions.map((one) => (
        <li key={one.id}>
          <strong>{one.id}</strong>
          <span class="break-switches">
            {KINDS.map(([kind, text]) => (
              <Switch
                key={kind}
                id={`${kind} ${one.id}`}
                fault={{ kind, function: one.id, ...(kind === 'slow' && { milliseconds: SLOW_MS }) }}
                label={`${one.id} ${text}`}
                text={text}
                state={state}
                act={act}
              />
            ))}
          </span>
          <Environment one={one} act={act} />
          {one.statements.length > 0 && <Rights one={one} state={state} act={act} />}
        </li>
      ))}
    </ul>
  </section>
);
