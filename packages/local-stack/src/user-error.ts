/**
 * Something that the person at the terminal can put right: its message says what, and is all that is printed.
 * Every other error is a defect and is printed with its stack.
 */
export class UserError extends Error {
  readonly isForUser = true;
}
