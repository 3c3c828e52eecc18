import type { ConsoleParts } from '../parts.ts';
import { queuesOf } from '../queues/queues.ts';
import { sendRequest } from './requests.ts';
import type { TourCheck } from './tour.ts';

/** What is not yet as a check wants it; undefined when it is. Whether a page was opened the page itself knows. */
export const missingOf = async (parts: ConsoleParts, check: TourCheck): Promise<string | undefined> => {
  switch (check.kind) {
    case 'response': {
      const { text } = await sendRequest(parts, check.request);
      return text.includes(check.contains) ? undefined : `${check.request.path} answers "${check.contains}"`;
    }
    case 'lacks': {
      const { text } = await sendRequest(parts, check.request);
      return text.includes(check.text) ? `${check.request.path} does not answer "${check.text}"` : undefined;
    }
    case 'broken': {
      if (parts.switches.on().length > 0 === check.isBroken) return undefined;
      return check.isBroken ? 'something is broken on purpose' : 'nothing is broken on purpose';
    }
    case 'queue': {
      const queue = (await queuesOf(parts).views()).find(({ id }) => id === check.queue);
      const count = (queue?.visible ?? 0) + (queue?.hidden ?? 0);
      if (count >= check.atLeast && count <= (check.atMost ?? Number.POSITIVE_INFINITY)) return undefined;
      const wanted =
        check.atMost === undefined ? `${check.atLeast} or more` : `${check.atLeast} to ${check.atMost}`;
      return `${check.queue} holds ${wanted} messages, now ${count}`;
    }
    case 'redriven': {
      const name = queuesOf(parts).nameOf(check.from);
      const events = await parts.engines.messageEvents(Number.POSITIVE_INFINITY);
      const moved = events.filter(
        (event) => event.kind === 'moved' && event.how === 'redriven' && event.from === name,
      ).length;
      return moved >= check.atLeast
        ? undefined
        : `${check.atLeast} sent back from ${check.from}, now ${moved}`;
    }
    case 'alarm': {
      const isIn = parts.alarms
        .states()
        .some(({ alarmName, state }) => alarmName.includes(check.name) && state === 'ALARM');
      return isIn ? undefined : `the alarm "${check.name}" is in ALARM`;
    }
    case 'opened':
      return undefined;
  }
};
