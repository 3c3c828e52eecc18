import { cpSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type LaunchedStack, launchStack } from '../../../src/launch.ts';

const root = resolve(import.meta.dirname, '../../../../..');

/** A stack of the small shop beside this folder, and its end. */
export const shopStack = async (): Promise<{ stack: LaunchedStack; end: () => Promise<void> }> => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'console-')));
  cpSync(resolve(import.meta.dirname, '../service'), directory, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
  const stack = await launchStack(
    { serviceDirectory: directory, dataDirectory: join(directory, 'data') },
    AbortSignal.timeout(100_000),
  );
  return {
    stack,
    end: async () => {
      await stack.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Sends an order to the shop. */
export const order = async (
  { running }: LaunchedStack,
  given: { id: string; customer?: string; delivery?: string },
): Promise<number> => {
  const answer = await fetch(`${running.apiUrl}/orders`, { method: 'POST', body: JSON.stringify(given) });
  return answer.status;
};
