/** The scheme of our read-only documents. */
export const SCHEME = 'weaveflux';
