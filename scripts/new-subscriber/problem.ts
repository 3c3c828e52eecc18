/** Something that the caller of the command can put right: told without a stack trace. */
export class Problem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Problem';
  }
}
