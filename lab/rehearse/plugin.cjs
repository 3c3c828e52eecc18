// Used by the rehearsal only, in its own copy of the service: what MiniStack does not know is left out or said
// otherwise, and everything else is deployed as it is.
const UNKNOWN_TYPES = ['AWS::Logs::QueryDefinition', 'AWS::XRay::ResourcePolicy'];

/** Composite alarms are not known; an ordinary one in its place keeps what refers to it. */
const inPlaceOfComposite = ({ Properties: { AlarmName, AlarmDescription } }) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName,
    AlarmDescription,
    Namespace: 'Rehearsal',
    MetricName: 'None',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  },
});

/** `Fn::GetAtt` of a user pool's ProviderURL is not known; this is what AWS answers. */
const providerUrl = { 'Fn::Sub': `https://cognito-idp.\${AWS::Region}.amazonaws.com/\${UserPool}` };
const reworded = (resources) =>
  JSON.parse(
    JSON.stringify(resources).replaceAll(
      '{"Fn::GetAtt":["UserPool","ProviderURL"]}',
      JSON.stringify(providerUrl),
    ),
  );

class Rehearsal {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const template = serverless.service.provider.compiledCloudFormationTemplate;
        const resources = Object.entries(template.Resources)
          .filter(([, { Type }]) => !UNKNOWN_TYPES.includes(Type))
          .map(([id, resource]) => [
            id,
            resource.Type === 'AWS::CloudWatch::CompositeAlarm' ? inPlaceOfComposite(resource) : resource,
          ]);
        template.Resources = reworded(Object.fromEntries(resources));
      },
    };
  }
}

module.exports = Rehearsal;
