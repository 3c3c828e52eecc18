import type { BreakState } from '../../../src/console/break/wire.ts';
import { change } from '../../data/request.ts';

/** Does something to the stack and shows the state after it; a refusal is shown to the person. */
export type Act = <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;

export interface PartProps {
  state: BreakState;
  act: Act;
}

interface SwitchProps extends PartProps {
  /** As the stack names the fault. */
  id: string;
  fault: Readonly<Record<string, unknown>>;
  /** The part and what becomes of it, for who cannot see the row it stands in. */
  label: string;
  text: string;
}

/** One fault of one part: on or off. */
export const Switch = ({ id, fault, label, text, state, act }: SwitchProps) => {
  const isOn = state.on.some((one) => one.id === id);
  const toggle = () =>
    act(() =>
      isOn ? change('DELETE', `/api/break/${encodeURIComponent(id)}`) : change('POST', '/api/break', fault),
    );
  return (
    <button
      type="button"
      role="switch"
      class={`break-switch ${isOn ? 'on' : ''}`}
      aria-checked={isOn}
      aria-label={label}
      onClick={toggle}
    >
      {text}
    </button>
  );
};
