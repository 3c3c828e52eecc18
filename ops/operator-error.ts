/** Something that the operator can put right: only its message is printed. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
