/** What can be broken, drawn from the template; and what is. */
export interface BreakState {
  on: { id: string; description: string; since: number }[];
  functions: {
    id: string;
    /** The function's own variables, with their values. */
    variables: { name: string; value: string }[];
    /** Statements of its role that allow something. */
    statements: { path: string; actions: string[]; resources: string[] }[];
  }[];
  resources: { id: string; type: string }[];
  mappings: { id: string; functionId: string; source: string }[];
  /** Where a poison record can be put: tables whose stream is read, and queues. */
  poisonable: { id: string; type: string }[];
  /** Queues whose waiting times can be let pass. */
  queues: string[];
  /** Whether calls of functions can be broken; not with `--no-rights`. */
  callsAreJudged: boolean;
}

export interface Poisoned {
  /** What was put there. */
  record: unknown;
  /** Of the message, or the key of the item: what to look for in the traces. */
  search: string;
}
