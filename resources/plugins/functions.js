const { basename, dirname } = require('node:path');

// What serverless-iam-roles-per-function clones each function's role from.
const DEFAULT_ROLE = 'IamRoleLambdaExecution';

/** Gives every function its name in logs and metrics, and a role with what it uses and no more. */
module.exports = class FunctionDefaults {
  constructor(serverless) {
    const { service } = serverless;
    this.hooks = {
      initialize: () => {
        for (const [key, definition] of Object.entries(service.functions)) addDefaults(key, definition);
      },
      // After serverless-iam-roles-per-function has made the roles.
      'before:package:finalize': () => tidyRoles(service.provider.compiledCloudFormationTemplate.Resources),
    };
  }
};

const addDefaults = (key, definition) => {
  definition.environment = {
    POWERTOOLS_SERVICE_NAME: basename(dirname(definition.handler)),
    ...definition.environment,
  };
  definition.iamRoleStatements ??= [];
  // Any name: without one, the other plugin makes one of service, stage and region, and refuses a long stage.
  definition.iamRoleStatementsName = key;
};

const tidyRoles = (resources) => {
  for (const [id, { Type, Properties: role }] of Object.entries(resources)) {
    if (Type !== 'AWS::IAM::Role' || !id.endsWith(DEFAULT_ROLE)) continue;
    // CloudFormation names roles, so that they never clash between stages and regions.
    delete role.RoleName;
    if (role.ManagedPolicyArns?.length === 0) delete role.ManagedPolicyArns;
    const [logs] = role.Policies[0].PolicyDocument.Statement;
    // The stack creates the log group, with its retention. A late log line must not recreate it without.
    logs.Action = logs.Action.filter((action) => action !== 'logs:CreateLogGroup');
  }
  delete resources[DEFAULT_ROLE];
};
