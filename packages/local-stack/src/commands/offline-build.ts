import { buildService } from '../build/build.ts';
import { type CommandOptions, type Framework, serviceOf } from '../framework.ts';

/** `sls offline build`: packages the service and keeps it for starts that need no framework. */
export const offlineBuild = async (framework: Framework, given: CommandOptions): Promise<void> => {
  await buildService(serviceOf(framework, given));
};
