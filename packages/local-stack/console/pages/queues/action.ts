import { useState } from 'preact/hooks';

/**
 * Something that is done to messages or objects: what went wrong with it stays shown until the next time.
 * @param onEnd after each, however it ended
 */
export const useAction = (onEnd: () => void) => {
  const [problem, setProblem] = useState<string>();
  const run = async (act: () => Promise<void>) => {
    setProblem(undefined);
    try {
      await act();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    onEnd();
  };
  return { problem, run };
};
