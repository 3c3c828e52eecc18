import type { EngineEndpoints } from './engines/index.ts';

/** The caller's name in the path when Lambda's own pollers call the engines. */
export const EVENT_SOURCE_MAPPINGS = 'event-source-mappings';

/**
 * The endpoints through which a caller reaches the engines when a proxy stands in front of them. The path tells the proxy
 * who calls: `/<caller>/dynamodb` or `/<caller>/messaging`.
 */
export const endpointsThrough = (proxyUrl: string, caller: string): EngineEndpoints => ({
  dynamoDb: `${proxyUrl}/${caller}/dynamodb`,
  messaging: `${proxyUrl}/${caller}/messaging`,
});
