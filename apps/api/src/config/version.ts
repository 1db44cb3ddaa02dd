/** The version of this service, as its own documents tell it. `config.spec.ts` holds it against the package. */
export const VERSION = '0.1.0';
