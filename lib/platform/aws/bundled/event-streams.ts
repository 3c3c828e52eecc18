/**
 * Stands in for `@smithy/core/event-streams` in the bundles (`alias` in serverless.yml). No operation that a function
 * calls streams events, but the SDK imports the module dynamically, which keeps the bundler from leaving out what is
 * unused of everything that the module imports.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('no function calls an operation that streams events');
  }
}

export const eventStreamSerdeProvider = () => new EventStreamSerde();

/** Clients that know such operations configure them at once: S3 does. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
