import { asynchronousMutations } from './asynchronous-invocation.ts';
import { eventBridgeMutations } from './event-bridge.ts';
import { fifoMutations } from './fifo.ts';
import { functionsOfTopicsMutations } from './functions-of-topics.ts';
import { mappingMutations } from './mappings.ts';
import { messagingMutations } from './messaging.ts';
import type { Mutations } from './mutation.ts';
import { objectEventMutations } from './object-events.ts';
import { parameterMutations } from './parameters.ts';
import { partMutations } from './parts.ts';
import { rightsMutations } from './rights.ts';

/** One fault for each row of the conformance table. */
export const mutations: Mutations = {
  ...mappingMutations,
  ...messagingMutations,
  ...fifoMutations,
  ...functionsOfTopicsMutations,
  ...objectEventMutations,
  ...parameterMutations,
  ...partMutations,
  ...asynchronousMutations,
  ...eventBridgeMutations,
  ...rightsMutations,
};
