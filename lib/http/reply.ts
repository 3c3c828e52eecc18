/** What a handler answers with. Header names are lower case. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** Sent as JSON; undefined for no body. */
  body?: unknown;
}
