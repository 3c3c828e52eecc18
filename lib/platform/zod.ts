import { en } from 'zod/locales';
import { config } from 'zod/mini';

// Without a language, zod/mini says of every mistake that the input is invalid.
config(en());

/** zod for all code that is deployed: the small one, in English. docs/decisions.md says why. */
export * from 'zod/mini';
