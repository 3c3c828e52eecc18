// Logger and metrics are made when their modules load; every test file finds the same settings.
process.env.POWERTOOLS_SERVICE_NAME = 'tests';
process.env.POWERTOOLS_METRICS_NAMESPACE = 'Tests';
