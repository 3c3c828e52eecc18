const { alarmsFor } = require('./alarms.js');
const { dashboardFor } = require('./dashboard.js');
const { logQueriesFor } = require('./log-queries.js');
const { describe } = require('./template.js');

/** Adds alarms, dashboard and saved queries to a template, and lets its streams' mappings emit their metrics. */
const observe = (template, { service, stage, namespace }) => {
  const prefix = `${service}-${stage}`;
  const described = describe(template);
  for (const { id } of described.streams) {
    template.Resources[id].Properties.MetricsConfig ??= { Metrics: ['EventCount'] };
  }
  // A dashboard cannot refer to what a condition may leave out.
  const always = Object.entries(template.Resources).filter(([, { Condition }]) => !Condition);
  const shown = describe({ Resources: Object.fromEntries(always) });
  Object.assign(
    template.Resources,
    alarmsFor(template, described, prefix, namespace),
    dashboardFor(shown, prefix, namespace),
    logQueriesFor(shown, `${service}/${stage}`),
  );
};

/** Watches whatever the complete template holds. */
module.exports = class Observability {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { service, provider } = serverless.service;
        const template = provider.compiledCloudFormationTemplate;
        observe(template, {
          service,
          stage: serverless.getProvider('aws').getStage(),
          namespace: provider.environment.POWERTOOLS_METRICS_NAMESPACE,
        });
        template.Outputs.DashboardUrl = {
          Value: {
            'Fn::Sub': `https://\${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=\${AWS::Region}#dashboards/dashboard/\${Dashboard}`,
          },
        };
      },
    };
  }
};
module.exports.observe = observe;
