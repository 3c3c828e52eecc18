import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { compiledService } from '../../../tests/support/compiled-service.ts';
import type { Judge } from '../judge.ts';
import { pythonOf } from '../python.ts';
import { pairwiseVariants } from './variants.ts';

const Report = z.object({
  cases: z.number(),
  findings: z.array(
    z.object({
      template: z.string(),
      by: z.string(),
      rule: z.string(),
      where: z.string(),
      says: z.string(),
    }),
  ),
});

/** What is not followed, each with its reason. */
const SKIPS: readonly { rule: RegExp; because: string }[] = [
  {
    rule: /^cfn-lint W3005 /,
    because: 'the framework writes DependsOn next to references that imply it: redundant, never wrong',
  },
  {
    rule: /^cfn-lint E3006 .*'AWS::Cognito::\w+' does not exist in 'cn-/,
    because: 'AWS has no user pools in China: there the parameters issuer and audience leave the pool out',
  },
  {
    rule: /^parliament RESOURCE_STAR CustomerKey\.Properties\.KeyPolicy: /,
    because: 'in the policy of a key, * is that key',
  },
  {
    rule: /^parliament RESOURCE_MISMATCH BroadcasterIamRole\S+ \[\{'action': 'dynamodb:ListStreams', 'required_format': '\*'\}\]/,
    because: 'the framework adds ListStreams on the stream, where IAM knows it only on *: it allows nothing',
  },
];

/** Other people's linters of templates and policies, on variants that cover every pair of parameters. */
export const cloudFormationJudge: Judge = {
  name: 'cloudformation',
  about:
    'cfn-lint for every region, parliament on every policy, no cycle of references, in pairwise variants',
  needs: ['python3'],
  run: async () => {
    const python = pythonOf(import.meta.dirname);
    const variants = pairwiseVariants();
    const templates = new Map<string, string>();
    for (const { stage, parameters } of variants) {
      const { templateFile } = await compiledService(stage, parameters, { withCode: false });
      templates.set(templateFile, JSON.stringify({ stage, ...parameters }));
    }
    const output = execFileSync(python, [join(import.meta.dirname, 'check.py'), ...templates.keys()], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const { cases, findings } = Report.parse(JSON.parse(output));
    console.log(`${templates.size} variants: every two values of two parameters come together`);
    // The same in many variants is one finding.
    const told = new Map<string, string>();
    const skipped = new Map<string, number>();
    for (const { template, by, rule, where, says } of findings) {
      const finding = `${by} ${rule} ${where}: ${says}`;
      const skip = SKIPS.find((one) => one.rule.test(finding));
      if (skip === undefined) told.set(finding, templates.get(template) ?? template);
      else skipped.set(skip.because, (skipped.get(skip.because) ?? 0) + 1);
    }
    return {
      cases,
      findings: [...told].map(([finding, variant]) => `${finding} (${variant})`),
      differences: [...skipped].map(([because, count]) => `not followed ${count} times: ${because}`),
    };
  },
};
