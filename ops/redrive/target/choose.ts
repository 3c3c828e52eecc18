import { join } from 'node:path';
import { OperatorError } from '../../operator-error.ts';
import { serviceDirectory, stackNameOf } from '../../service.ts';
import { accountTarget } from './account-target.ts';
import { localTarget } from './local-target.ts';
import type { Target } from './target.ts';

/** The options with which every operator's tool chooses its target, for `parseArgs`. */
export const TARGET_OPTIONS = {
  stage: { type: 'string', default: 'dev' },
  region: { type: 'string', default: process.env.AWS_REGION ?? 'us-east-1' },
  data: { type: 'string' },
} as const;

export const TARGET_HELP = `  --stage local       the local stack that runs now; --data <directory> if not .local/stages/dev
  --stage <stage>     stage in the account of your AWS credentials (default: dev)
  --region <region>   (default: AWS_REGION, or us-east-1)`;

/**
 * What an operator's tool works on.
 * @throws {OperatorError} when no local stack runs, and for `data` of a stage that is not local
 */
export const chooseTarget = ({
  stage,
  region,
  data,
}: {
  stage: string;
  region: string;
  data?: string | undefined;
}): Target => {
  if (stage === 'local')
    return localTarget(data ?? join(serviceDirectory, '.local', 'stages', 'dev'), region);
  if (data !== undefined) throw new OperatorError('--data is for the local stack only: add --stage local');
  return accountTarget(stackNameOf(stage), region);
};
