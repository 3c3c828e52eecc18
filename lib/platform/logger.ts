import { Logger } from '@aws-lambda-powertools/logger';

export type { Logger };

/**
 * A structured logger: one JSON object a line, with the function's name and request id. Service name and
 * level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL.
 */
export const createLogger = (): Logger => new Logger();
