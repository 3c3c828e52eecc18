import { z } from 'zod';
import { consoleCommands } from '../commands.ts';
import type { ConsoleParts } from '../parts.ts';
import { ConsoleError, type ConsoleRoute } from '../route.ts';
import { missingOf } from './checks.ts';
import { sendRequest } from './requests.ts';
import { forRun, readTour, Tour, type TourAction } from './tour.ts';
import type { StepCheck, TourView } from './wire.ts';

const Run = z.string().regex(/^[a-z]{4,12}$/);

/**
 * - `GET /api/tour`: a `TourView`
 * - `GET /api/tour/<step>/check?run=<word>`: a `StepCheck`
 * - `POST /api/tour/<step>/action`, body `{ run }`: does what the step's button says
 *
 * Steps are counted from 0; `run` stands for `{{run}}`.
 */
export const tourRoutes = (parts: ConsoleParts): ConsoleRoute[] => {
  const { build, switches, mappingClock } = parts;
  const commandFor = consoleCommands(parts);

  const stepOf = async (index: string | undefined, run: string) => {
    const tour = forRun(await readTour(build), run, Tour);
    const step = tour.steps[Number(index)];
    if (step) return step;
    throw new ConsoleError(404, `the tour has no step ${index}`);
  };

  const act = async (action: TourAction): Promise<void> => {
    switch (action.kind) {
      case 'requests':
        for (const request of action.requests) {
          const { status, text } = await sendRequest(parts, request);
          if (status >= 400) throw new ConsoleError(409, `${request.path} answered ${status}: ${text}`);
        }
        return;
      case 'break':
        await switches.set(action.fault);
        return;
      case 'repair':
        return switches.takeAllBack();
      case 'pass': {
        if (action.queue === undefined) mappingClock.skip();
        const path = action.queue === undefined ? '/alarms/evaluate' : `/queues/${action.queue}/skip-waits`;
        await commandFor('POST', path)?.('');
      }
    }
  };

  return [
    {
      method: 'GET',
      path: '/api/tour',
      answer: async (): Promise<TourView> => {
        const { title, about, steps } = await readTour(build);
        return {
          ...{ title, about },
          steps: steps.map((step) => ({
            ...{ title: step.title, text: step.text },
            ...(step.action && { action: { label: step.action.label } }),
            ...(step.look && { look: step.look }),
            toOpen: step.checks.flatMap((check) =>
              check.kind === 'opened' ? [`#/${[check.page, ...check.path].join('/')}`] : [],
            ),
          })),
        };
      },
    },
    {
      method: 'GET',
      path: '/api/tour/:step/check',
      answer: async ({ parameters, query }): Promise<StepCheck> => {
        const { checks } = await stepOf(parameters.step, Run.parse(query.get('run')));
        const missing = [];
        for (const check of checks) {
          const one = await missingOf(parts, check);
          if (one !== undefined) missing.push(one);
        }
        return { isDone: missing.length === 0, missing };
      },
    },
    {
      method: 'POST',
      path: '/api/tour/:step/action',
      answer: async ({ parameters, body }) => {
        const { run } = z.object({ run: Run }).parse(body);
        const { action } = await stepOf(parameters.step, run);
        if (action) await act(action.does);
      },
    },
  ];
};
