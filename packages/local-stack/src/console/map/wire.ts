export type NodeKind =
  | 'api'
  | 'function'
  | 'table'
  | 'stream'
  | 'topic'
  | 'queue'
  | 'dead-letter queue'
  | 'bucket'
  | 'event bus'
  | 'rule'
  | 'schedule';

export interface MapNode {
  /** The logical id; for a stream, that of its table followed by `:stream`. */
  id: string;
  kind: NodeKind;
  /** The physical name. */
  name: string;
}

export interface MapEdge {
  id: string;
  from: string;
  to: string;
  /** `writes` and `reads` are what the function's role allows; `fails` leads where failures end up. */
  kind: 'calls' | 'flows' | 'writes' | 'reads' | 'fails';
  /** A few words. */
  label?: string;
  /** All of it, a line each: routes, a filter policy, settings of a mapping, actions. */
  details?: string[];
}

/** What the template declares, as a graph. */
export interface ServiceMap {
  nodes: MapNode[];
  edges: MapEdge[];
  /** Why no rights are drawn. */
  withoutRights?: string;
}

/** What is shown on a node, beside its name. */
export interface NodeNumbers {
  id: string;
  /** Calls, invocations or messages a second, of the last five seconds. */
  perSecond?: number;
  /** At a function or received from a queue. */
  inFlight?: number;
  waiting?: number;
  /** Failed in the last minute. */
  failed?: number;
  /** Seconds since the oldest waiting message came, or of the iterator's age. */
  oldestSeconds?: number;
  /** In red: what is wrong, in words. */
  trouble?: string;
}

export interface NodeDetails {
  id: string;
  type: string;
  name: string;
  arn?: string;
  /** Of a schedule, or a rule with one: it can be fired. `next` is Unix milliseconds. */
  schedule?: { expression: string; enabled: boolean; next?: number };
  /** The template's properties, every intrinsic resolved. */
  properties: Readonly<Record<string, unknown>>;
  /** Where the service's sources declare it, with their comments. */
  source?: { file: string; line: number; text: string };
  /** What the role of a function allows. */
  rights?: { effect: string; actions: string[]; resources: string[]; conditions: string[]; path: string }[];
  /** Names of the functions whose invocations belong to it: its own, or those of its readers. */
  functions: string[];
}
