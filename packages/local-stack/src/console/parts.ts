import type { Alarms } from '../alarms/index.ts';
import type { AsynchronousConfiguration, AsynchronousInvocation } from '../asynchronous-invocation/index.ts';
import type { Build } from '../build/build.ts';
import type { Clients } from '../clients.ts';
import type { Engines } from '../engines/index.ts';
import type { Schedules } from '../event-bridge/index.ts';
import type { EventSourceMappings } from '../event-source-mappings/index.ts';
import type { Switches } from '../faults/switches.ts';
import type { RightsInForce } from '../iam/in-force.ts';
import type { Identity } from '../identity/index.ts';
import type { FunctionDefinition, InvokeFunction, LambdaRuntime } from '../lambda-runtime/index.ts';
import type { MetricStore } from '../metrics/index.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import type { QueueMetrics } from '../queue-metrics/index.ts';
import type { MinuteClock, SkippableClock } from '../skip-waits.ts';
import type { Traces } from '../trace/traces.ts';
import type { Observations } from './observations.ts';

/** What the console's routes are made from: the parts of the build that runs now, and what outlives it. */
export interface ConsoleParts {
  build: Build;
  provisioned: ProvisionedTemplate;
  definitions: readonly FunctionDefinition[];
  runtime: LambdaRuntime;
  /** As the API and the mappings invoke functions. */
  invoke: InvokeFunction;
  mappings: EventSourceMappings;
  /** How the asynchronous events of each function are handled, and those that are. */
  asynchronousEvents: readonly AsynchronousConfiguration[];
  asynchronous: AsynchronousInvocation;
  schedules: Schedules;
  alarms: Alarms;
  store: MetricStore;
  queueMetrics: QueueMetrics;
  clock: MinuteClock;
  engines: Engines;
  clients: Clients;
  identity: Identity;
  /** Where the HTTP API answers. */
  apiUrl: () => string;
  untilQuiet: (timeoutMilliseconds: number) => Promise<number>;
  observations: Observations;
  rights: RightsInForce;
  traces: Traces;
  switches: Switches;
  /** The clock of the event source mappings. */
  mappingClock: SkippableClock;
}
