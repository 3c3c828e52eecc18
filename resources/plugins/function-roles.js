// What serverless-iam-roles-per-function leaves to be done, so that each role holds what its function uses and no
// more. It runs after that plugin, on the compiled template.
const DEFAULT_ROLE = 'IamRoleLambdaExecution';

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
// Neither action knows a narrower resource.
const TRACING = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};

/**
 * What a principal needs to use tables, queues, topics, buckets and secrets under a customer key; each service still asks
 * for its own permission first.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const useOf = (keyArn) => ({
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  Resource: keyArn,
  Condition: {
    StringEquals: {
      'kms:ViaService': ['dynamodb', 's3', 'secretsmanager', 'sns', 'sqs'].map((service) => ({
        'Fn::Sub': `${service}.\${AWS::Region}.amazonaws.com`,
      })),
    },
  },
});

const isLogsStatement = ({ Action }) => [Action].flat().includes('logs:PutLogEvents');

class FunctionRoles {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.avoidNames(),
      'before:package:finalize': () => this.finish(),
    };
  }

  /** The other plugin makes a name with service, stage and region in it, and refuses stages that make it too long. */
  avoidNames() {
    for (const [key, definition] of Object.entries(this.serverless.service.functions)) {
      definition.iamRoleStatementsName = key;
    }
  }

  finish() {
    const { service } = this.serverless;
    const resources = service.provider.compiledCloudFormationTemplate.Resources;
    const keyArn = service.custom.stack.encryption.keyArn;
    for (const [logicalId, resource] of Object.entries(resources)) {
      if (resource.Type !== 'AWS::Lambda::Function') continue;
      const role = resource.Properties.Role['Fn::GetAtt'][0];
      if (role === DEFAULT_ROLE) {
        throw new this.serverless.classes.Error(
          `${logicalId} has no role of its own: give the function iamRoleStatements (an empty list if it needs none)`,
        );
      }
      this.finishRole(resources[role].Properties, resource.Properties, keyArn);
    }
    delete resources[DEFAULT_ROLE];
  }

  finishRole(role, lambdaFunction, keyArn) {
    // CloudFormation names it: no clash between stages or regions of an account,
    // no limit on the stage's length.
    delete role.RoleName;
    if (role.ManagedPolicyArns?.length === 0) delete role.ManagedPolicyArns;
    for (const { PolicyDocument } of role.Policies) {
      const logs = PolicyDocument.Statement.find(isLogsStatement);
      // The stack makes the log group, with its retention; a late log line must not bring it back without.
      logs.Action = ['logs:CreateLogStream', 'logs:PutLogEvents'];
      const usesOnlyLogs = PolicyDocument.Statement.length === 1;
      if (keyArn && !usesOnlyLogs) PolicyDocument.Statement.push(useOf(keyArn));
      if (lambdaFunction.TracingConfig?.Mode === 'Active') PolicyDocument.Statement.push(TRACING);
    }
  }
}

module.exports = FunctionRoles;
