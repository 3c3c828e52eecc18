/**
 * Whether an error of the system carries this code, for example `ENOENT`. It asks for no class: an error of another
 * realm, as a sandboxed test sees it, is an instance of that realm's Error only.
 */
export const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
