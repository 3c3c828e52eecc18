import { Change } from '#lib/events/change.ts';
import { OperatorError } from '../../ops/operator-error.ts';

const KNOWN = `The changes of a post are ${Change.options.join(', ')}.`;

/** @param text changes separated by commas @throws {OperatorError} naming those that are none */
export const changesOf = (text: string | undefined): Change[] => {
  const words = [...new Set(text?.split(',').map((word) => word.trim()))].filter(Boolean);
  if (words.length === 0)
    throw new OperatorError(`Which changes does it receive? --change published,edited. ${KNOWN}`);
  return words.map((word) => {
    const change = Change.safeParse(word);
    if (!change.success) throw new OperatorError(`"${word}" is no change. ${KNOWN}`);
    return change.data;
  });
};
