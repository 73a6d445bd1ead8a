/** Where Environments are served. */
export const ENVIRONMENT_GROUP = 'weaveflux.dev';
export const ENVIRONMENT_VERSION = 'v1alpha1';
export const ENVIRONMENT_PLURAL = 'environments';
export const ENVIRONMENT_KIND = 'Environment';
