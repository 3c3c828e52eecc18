import type { ProvisionedResource, ProvisionedTemplate } from '../../src/provisioning/index.ts';
import { templateReport } from '../../src/template-report.ts';

const table = (logicalId: string, properties: Record<string, unknown>): ProvisionedResource => ({
  logicalId,
  type: 'AWS::DynamoDB::Table',
  ref: logicalId,
  attributes: {},
  properties,
});

const reportOf = (resources: readonly ProvisionedResource[]): string[] =>
  templateReport({
    resources: new Map(resources.map((resource) => [resource.logicalId, resource])),
    ofType: (type) => resources.filter((resource) => resource.type === type),
    policyProperties: async () => ({}),
    declaredOnly: [],
    ignored: [],
  } satisfies ProvisionedTemplate);

test('tables whose expired items would go on AWS are named', () => {
  const ttl = (Enabled: boolean) => ({ TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled } });
  const lines = reportOf([table('Sessions', ttl(true)), table('Orders', {}), table('Carts', ttl(false))]);
  expect(lines).toContain('Expired items stay (nothing removes them here): Sessions');
});

test('without such a table nothing is said of it', () => {
  expect(reportOf([table('Orders', {})])).toEqual(['Runs: 1 × AWS::DynamoDB::Table']);
});
