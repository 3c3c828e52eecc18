/** The service's OpenAPI document, when it has one. */
export interface ApiDocument {
  /** Where it was found: a route, or a file of the service. */
  from?: string;
  document?: unknown;
  /** Where the API itself answers. */
  apiUrl: string;
}

export interface IssuedToken {
  token: string;
}
