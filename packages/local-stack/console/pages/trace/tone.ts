import type { TraceStep } from '../../../src/console/trace/wire.ts';
import type { Tone } from '../../ui/badge.tsx';

const TONES: Readonly<Record<TraceStep['state'], Tone>> = {
  good: 'good',
  bad: 'bad',
  waiting: 'info',
  quiet: 'neutral',
};

export const toneOf = (state: TraceStep['state']): Tone => TONES[state];
