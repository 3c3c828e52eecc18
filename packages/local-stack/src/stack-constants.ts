/** The account of the embedded engines. */
export const LOCAL_ACCOUNT = '000000000000';

/** The audience of the local issuer's tokens. */
export const LOCAL_CLIENT_ID = 'local';
