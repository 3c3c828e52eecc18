import { z } from 'zod';
import { declaredEventBridge } from './from-template/event-bridge.ts';
import type { NotServed, ProvisionedTemplate } from './provisioning/index.ts';

const NAMES_SHOWN = 4;

const namesOf = (resources: readonly Pick<NotServed, 'logicalId'>[]): string => {
  const names = resources.map(({ logicalId }) => logicalId);
  const more = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** A count of each type, most first: `12 × AWS::SQS::Queue`. */
const countsOf = (types: readonly string[]): string[] =>
  [...Map.groupBy(types, (type) => type)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([type, all]) => `${all.length} × ${type}`);

/** The schedules by name, which a command fires now. */
const schedulesIn = (provisioned: ProvisionedTemplate): string[] => {
  const { rules, schedules } = declaredEventBridge(provisioned);
  const scheduled = [...rules, ...schedules].flatMap(({ logicalId, expressionText, enabled }) =>
    expressionText === undefined ? [] : [`${logicalId} ${expressionText}${enabled ? '' : ' (disabled)'}`],
  );
  return scheduled.length === 0 ? [] : [`Schedules (now: local-stack fire <name>): ${scheduled.join(', ')}`];
};

const WithTimeToLive = z.looseObject({
  TimeToLiveSpecification: z.looseObject({ Enabled: z.literal(true) }),
});

/** The tables whose expired items AWS would remove. */
const expiringIn = (provisioned: ProvisionedTemplate): string[] => {
  const tables = provisioned
    .ofType('AWS::DynamoDB::Table')
    .filter(({ properties }) => WithTimeToLive.safeParse(properties).success);
  return tables.length === 0 ? [] : [`Expired items stay (nothing removes them here): ${namesOf(tables)}`];
};

/**
 * What of a template runs here and what does not, for people: nothing is left out in silence.
 * @returns lines for the terminal
 */
export const templateReport = (provisioned: ProvisionedTemplate): string[] => {
  const { resources, declaredOnly, ignored } = provisioned;
  const notServed = new Set(declaredOnly.map(({ logicalId }) => logicalId));
  const served = [...resources.values()].filter(({ logicalId }) => !notServed.has(logicalId));
  return [
    `Runs: ${countsOf(served.map(({ type }) => type)).join(', ')}`,
    ...schedulesIn(provisioned),
    ...expiringIn(provisioned),
    ...[...Map.groupBy(declaredOnly, ({ reason }) => reason)].map(
      ([reason, those]) => `Only declared (${reason}): ${namesOf(those)}`,
    ),
    ...ignored.map(({ logicalId, type, reason }) => `Left out: ${logicalId} (${type}), by ${reason}`),
  ];
};
