import type { RoadStep } from '../../../src/console/trace/wire.ts';
import type { Tone } from '../../ui/badge.tsx';

const TONES: Readonly<Record<RoadStep['state'], Tone>> = {
  good: 'good',
  bad: 'bad',
  waiting: 'info',
  quiet: 'neutral',
};

export const toneOf = (state: RoadStep['state']): Tone => TONES[state];
