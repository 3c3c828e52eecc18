/** Thrown by work that cannot be done now, and knows when trying again makes sense. */
export class RetryLater extends Error {
  readonly seconds: number;

  constructor(reason: string, seconds: number, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'RetryLater';
    this.seconds = seconds;
  }
}
