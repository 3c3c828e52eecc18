/** An OpenID issuer for one machine: tokens for any user name, no passwords. Never to be trusted elsewhere. */
export { type Identity, serveIdentity, type TokenOptions } from './issuer.ts';
