import { freePort } from '../../../packages/local-stack/src/engines/free-port.ts';
import { type PythonServer, pythonOf, startPython } from '../python.ts';

/** The account of the embedded engines. */
export const ACCOUNT = '000000000000';

/** The folder of what moto needs. */
export const MOTO = import.meta.dirname;

/** Starts moto, every service of AWS on one port. @throws {ToolUnreachable} when it cannot be had */
export const startMoto = async (): Promise<PythonServer> => {
  const port = await freePort();
  return startPython(pythonOf(MOTO), ['-m', 'moto.server', '-H', '127.0.0.1', '-p', `${port}`], port, {
    MOTO_ACCOUNT_ID: ACCOUNT,
  });
};
