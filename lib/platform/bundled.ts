import { mapStacksOf } from './mapped-stacks.ts';

// Injected into every bundle (serverless.yml), where this is the path of the bundle.
mapStacksOf(__filename);
