import { RULES } from './checker/violation.ts';
import type { Report } from './run/run.ts';

/** Violations shown of each rule. */
const MAX_SHOWN = 10;

/** A report for people. */
export const reportLines = (report: Report): string[] => {
  const { seed, mix, posts, changes, accepted, retries, seconds, faults, kills, waiting } = report;
  const { deliveries, duplicates, orderViolations } = report.observations;
  const byRule = Map.groupBy(report.violations, ({ rule }) => rule);
  return [
    '',
    `seed ${seed}, mix ${mix}: ${posts} posts, ${changes} changes, ${accepted} of them accepted from clients (${retries} requests made again)`,
    `faults     ${[...Object.entries(faults), ...(kills > 0 ? [['kill -9', kills]] : [])].map(([name, times]) => `${name} ${times}`).join(', ') || 'none'}`,
    `seen       ${deliveries} deliveries, ${duplicates} of them repeated, ${orderViolations} overtaken by a later version`,
    `waited     ${waiting.parked} parked, ${waiting.givenUp} given up by the stream, ${waiting.deadLetters} in dead-letter queues; ${waiting.afterRedrive} after the redrive${waiting.expired > 0 ? `; ${waiting.expired} expired` : ''}`,
    `devices    told again after a lost answer: ${report.excusedRepeats}`,
    `time       ${seconds.traffic.toFixed(1)} s of traffic, at rest ${seconds.recovery.toFixed(1)} s after the faults, ${seconds.total.toFixed(1)} s in all`,
    '',
    ...RULES.flatMap((rule) => {
      const found = byRule.get(rule) ?? [];
      if (found.length === 0) return [`  ✓ ${rule}`];
      return [
        `  ✗ ${rule}: ${found.length} violations`,
        ...found
          .slice(0, MAX_SHOWN)
          .map(
            ({ subject, expected, found: what }) => `      ${subject}: expected ${expected}; found ${what}`,
          ),
      ];
    }),
    ...(report.failure === undefined ? [] : ['', `the run did not come to its end: ${report.failure}`]),
    '',
    `again: npm run chaos -- --mix ${mix} --seed ${seed} --posts ${posts}`,
  ];
};
