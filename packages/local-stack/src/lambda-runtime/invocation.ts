/**
 * What became of one synchronous invocation, as the caller of the Lambda Invoke API sees it.
 * A throttle is not an error of the function: event source mappings must not count it as an attempt.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export type InvocationResult =
  | { kind: 'success' /** The handler's return value after JSON serialization. */; payload: unknown }
  | {
      kind: 'error';
      /** As Lambda reports it: `Unhandled` exceptions, `Sandbox.Timedout`, `Runtime.ExitError`, … */
      errorType: string;
      errorMessage: string;
      /** Stack of an error that the function threw. */
      trace?: readonly string[];
    }
  | { kind: 'throttled' };

/**
 * Invokes a function by its name (the `FunctionName` of the template) with a JSON-serializable event.
 * @param options.requestId of the invocation; a new one when absent
 */
export type InvokeFunction = (
  functionName: string,
  event: unknown,
  options?: { requestId?: string },
) => Promise<InvocationResult>;
