import { Logger } from '@aws-lambda-powertools/logger';

export type { Logger };

type Keys = Readonly<Record<string, unknown>>;

/** Writes lines at three levels, each with `details` of its own. */
export type Log = Record<'info' | 'warn' | 'error', (message: string, details?: Keys) => void>;

/**
 * A log whose every line carries `keys`, for what is handled side by side with others. It shares the logger, where
 * `createChild` makes a logger and a console anew, which costs more than the lines do.
 */
export const logWith = (logger: Logger, keys: Keys): Log => ({
  info: (message, details) => logger.info(message, { ...keys, ...details }),
  warn: (message, details) => logger.warn(message, { ...keys, ...details }),
  error: (message, details) => logger.error(message, { ...keys, ...details }),
});

/**
 * A structured logger: one JSON object a line, with the function's name and request id. Service name and
 * level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL.
 */
export const createLogger = (): Logger => new Logger();
