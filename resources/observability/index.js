const { alarmsFor } = require('./alarms.js');
const { dashboardFor } = require('./dashboard.js');
const { logQueriesFor } = require('./log-queries.js');
const { describe } = require('./template.js');

/**
 * Adds alarms, dashboard and saved queries for whatever the template holds, once it holds everything: nothing has to
 * be remembered when a function, a queue or a table is added.
 */
class Observability {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'after:aws:package:finalize:mergeCustomProviderResources': () => this.add() };
  }

  add() {
    const { service } = this.serverless;
    const template = service.provider.compiledCloudFormationTemplate;
    const stage = this.serverless.getProvider('aws').getStage();
    const prefix = `${service.service}-${stage}`;
    const namespace = service.provider.environment.POWERTOOLS_METRICS_NAMESPACE;
    const described = describe(template, prefix);
    Object.assign(
      template.Resources,
      alarmsFor(described, prefix, namespace),
      dashboardFor(described, prefix, namespace),
      logQueriesFor(described, `${service.service}/${stage}`),
    );
    template.Outputs.DashboardUrl = {
      Value: {
        'Fn::Sub': `https://\${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=\${AWS::Region}#dashboards/dashboard/\${Dashboard}`,
      },
    };
  }
}

module.exports = Observability;
