import { useState } from 'preact/hooks';
import { forgetOpened } from './opened.ts';

const KEY = 'console-tour';
const LETTERS = 'bcdfghklmnprstvz';

/** A word that nobody has written before. */
const newRun = (): string =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => LETTERS[byte % LETTERS.length]).join('');

interface Progress {
  run: string;
  /** Steps that are done, from the first. */
  done: number;
}

const kept = (): Progress => {
  try {
    const { run, done } = JSON.parse(sessionStorage.getItem(KEY) ?? '');
    if (typeof run === 'string' && typeof done === 'number') return { run, done };
  } catch {
    // There is none yet.
  }
  return { run: newRun(), done: 0 };
};

/** How far the tour is: a reload goes on where it was. */
export const useProgress = () => {
  const [progress, setProgress] = useState(kept);
  const keep = (next: Progress) => {
    sessionStorage.setItem(KEY, JSON.stringify(next));
    setProgress(next);
  };
  return {
    ...progress,
    finish: (step: number) => keep({ ...progress, done: Math.max(progress.done, step + 1) }),
    restart: () => {
      forgetOpened();
      keep({ run: newRun(), done: 0 });
    },
  };
};
