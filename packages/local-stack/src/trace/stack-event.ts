import type { AsynchronousEvent } from '../asynchronous-invocation/index.ts';
import type { MappingEvent } from '../event-source-mappings/events.ts';
import type { FunctionLogLine } from '../lambda-runtime/function-log.ts';
import type { InvocationResult } from '../lambda-runtime/invocation.ts';

/** What the parts of a stack tell of their work while they do it. Times are Unix milliseconds. */
export type StackEvent =
  | {
      readonly kind: 'request';
      /** The API's own id of the request. */
      readonly requestId: string;
      /** Of the invocation that answered it, if there was one. */
      readonly invocationId: string | undefined;
      readonly method: string;
      readonly path: string;
      readonly routeKey: string | undefined;
      readonly status: number;
      /** Why the API answered by itself: a refused token, a function's error. */
      readonly reason: string | undefined;
      readonly began: number;
      readonly ended: number;
    }
  | {
      readonly kind: 'invoked';
      readonly requestId: string;
      /** The X-Ray trace header: calls that the function makes carry its root. */
      readonly traceId: string;
      readonly functionName: string;
      /** JSON. */
      readonly event: string;
      readonly at: number;
    }
  | {
      readonly kind: 'answered';
      readonly requestId: string;
      readonly result: InvocationResult;
      readonly at: number;
      /** Absent when no environment ran it. */
      readonly ran: { readonly milliseconds: number; readonly isColdStart: boolean } | undefined;
      /** In the heap of its environment afterwards, garbage included; absent when the environment was lost. */
      readonly heapBytes: number | undefined;
    }
  | { readonly kind: 'logged'; readonly line: FunctionLogLine }
  | { readonly kind: 'asynchronous'; readonly event: AsynchronousEvent; readonly at: number }
  | { readonly kind: 'mapping'; readonly event: MappingEvent; readonly at: number };

/** Takes events; must not throw and must not block. */
export type EventSink = (event: StackEvent) => void;
