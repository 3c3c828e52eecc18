import { buildService } from '../build/build.ts';
import { type CommandOptions, type Framework, serviceOf } from '../framework.ts';
import { explainingSystemErrors } from '../system-error.ts';

/** `sls offline build`: packages the service and keeps it for starts that need no framework. */
export const offlineBuild = async (framework: Framework, given: CommandOptions): Promise<void> => {
  await explainingSystemErrors(() => buildService(serviceOf(framework, given)));
};
