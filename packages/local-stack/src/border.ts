import type { EngineEndpoints } from './engines/index.ts';

/** Who calls the engines when no function does: Lambda's own pollers. */
export const EVENT_SOURCE_MAPPINGS = 'event-source-mappings';

/**
 * Where a caller reaches the engines through a border: a proxy in front of them that knows by the path who calls what,
 * `/<caller>/dynamodb` or `/<caller>/messaging`.
 */
export const endpointsAtBorder = (border: string, caller: string): EngineEndpoints => ({
  dynamoDb: `${border}/${caller}/dynamodb`,
  messaging: `${border}/${caller}/messaging`,
});
