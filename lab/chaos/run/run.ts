import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../../../ops/redrive/failures/collect.ts';
import { readQueues } from '../../../ops/redrive/failures/dead-letter-queues.ts';
import { send } from '../../../ops/redrive/sending/send.ts';
import { localTarget } from '../../../ops/redrive/target/local-target.ts';
import { forgetData } from '../../../packages/local-stack/src/launch.ts';
import { check } from '../checker/check.ts';
import { changesOf, tablesOf } from '../evidence/collect.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { waitingOf } from '../evidence/waiting.ts';
import { MIXES } from '../mix.ts';
import { startFaultProxy } from '../proxy/proxy.ts';
import { leftIn, searchFor, timeoutsOf } from './observe.ts';
import type { ChaosOptions, Report } from './options.ts';
import { registerDevices, startSufferingPushEndpoint } from './push.ts';
import { repair } from './repair.ts';
import { playTraffic } from './traffic.ts';
import { startWorld } from './world.ts';

export type { ChaosOptions, Report } from './options.ts';

/** Posts that are searched for by the public API. */
const SEARCHES = 30;
const FASTEST_REDRIVE = 500;
/** A rebuild stops a minute before its time is over, and would not even begin in a shorter one. */
const REBUILD_SECONDS = 90;
/**
 * The run is about the service, not about the limits that protect it. A message that was received and waits for its
 * function's turn is as good as one that the function works on for too long; so no more are received at a time than
 * two cores work off before the shortened hiding ends.
 */
const PARAMETERS = { apiRateLimit: '5000', apiBurstLimit: '5000', concurrency: '3' };
/** Long enough for a stack to be killed and started, and for a lock of a crashed request to end. */
const MAX_ATTEMPTS = 200;
const LOSES_LOGS = ['crash before', 'crash after', 'hang'];

/**
 * Runs the service on its own data, in a process of its own, while faults strike; then lets it come to rest, redrives
 * what an operator would redrive, and holds what is there against the checker's rules.
 * @throws only for what is wrong with the run itself; what the service does wrong is in the report
 */
export const runChaos = async (options: ChaosOptions): Promise<Report> => {
  const { serviceDirectory, seed, posts, tell = () => {} } = options;
  const {
    throughApi = 0.3,
    maxTimeoutSeconds = 5,
    restWithinSeconds = 120,
    parameters = PARAMETERS,
  } = options;
  const { maxAttempts = MAX_ATTEMPTS } = options;
  const mix = MIXES[options.mix];
  const began = performance.now();
  const since = (moment: number) => (performance.now() - moment) / 1_000;

  const undo: (() => unknown)[] = [];
  let isKept = false;
  try {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'chaos-'));
    undo.push(() => (isKept ? tell(`the data is kept in ${dataDirectory}`) : forgetData(dataDirectory)));
    const proxy = await startFaultProxy({
      seed,
      mix,
      maxTimeoutSeconds,
      visibilitySeconds: 2 * maxTimeoutSeconds + 2,
    });
    undo.push(proxy.stop);
    const { journal } = proxy;
    const endpoint = await startSufferingPushEndpoint(seed, mix, journal);
    undo.push(endpoint.stop);
    const world = await startWorld({
      ...{ serviceDirectory, dataDirectory, proxy, parameters },
      maxTimeoutSeconds: mix.repair ? REBUILD_SECONDS : maxTimeoutSeconds,
    });
    undo.push(world.stop);
    tell(`the stack runs after ${since(began).toFixed(1)} s`);
    const devices = await registerDevices(world, endpoint);
    const operatorBefore = localTarget(dataDirectory, 'us-east-1');
    const { subscribers: subscribed } = await readQueues(operatorBefore);
    operatorBefore.close();
    const subscribers = subscribed.map(({ name, queue, filterPolicy }) => ({
      ...{ name, url: queue.url, queue: queue.url.slice(queue.url.lastIndexOf('/') + 1) },
      filterPolicy: filterPolicy === undefined ? undefined : JSON.parse(filterPolicy),
    }));

    const trafficBegan = performance.now();
    const queues = subscribers.map(({ queue, url }) => ({ name: queue, url }));
    const traffic = { world, seed, mix, posts, throughApi, queues, journal, maxAttempts, tell };
    const { record, kills, trouble } = await playTraffic(traffic);
    const trafficSeconds = since(trafficBegan);
    tell(`${record.accepted.length} changes accepted in ${trafficSeconds.toFixed(1)} s`);

    proxy.endFaults();
    endpoint.endFaults();
    const faultsEnded = performance.now();
    const rest = async (when: string) =>
      (await world.stack())
        .untilQuiet(restWithinSeconds * 1_000)
        .catch((error: unknown) => trouble.push(`no rest ${when}: ${String(error)}`));
    await rest('after the faults');
    const recovery = since(faultsEnded);
    tell(`at rest ${recovery.toFixed(1)} s after the faults`);

    const handled = new Set(journal.handled);
    const handledMessages = new Set(journal.handledMessages);
    const changesBeforeRedrive = (await changesOf(await world.stack(), await world.clients())).length;
    const operator = localTarget(dataDirectory, 'us-east-1');
    undo.push(operator.close);
    const waiting = await waitingOf(operator, await collect(operator, {}));
    const redrivable = await collect(operator, { sources: ['stream', 'queue', 'subscription'] });
    if (redrivable.failures.length > 0) {
      await send(operator, redrivable, { execute: true, perSecond: FASTEST_REDRIVE, tell: () => {} });
      await rest('after the redrive');
      tell(`redrove ${redrivable.failures.length}, at rest`);
    }
    if (mix.repair) {
      await repair(operator, () => rest('during the repair'));
      await rest('after the repair');
      tell('repaired, at rest');
    }
    const waitingAfterRedrive = await waitingOf(operator, await collect(operator, {}));

    const timeouts = await timeoutsOf((await world.stack()).state.logs);
    const every = Math.max(1, Math.floor(record.intents.length / SEARCHES));
    const searched = record.intents.filter((_, index) => index % every === 0);
    const evidence: Evidence = {
      ...(await tablesOf(await world.stack(), await world.clients())),
      ...record,
      searches: await searchFor(world, searched),
      devices,
      taken: endpoint.taken,
      pushInterruptions: [...journal.pushInterruptions, ...timeouts],
      subscribers,
      seen: journal.seen,
      changesBeforeRedrive,
      handled,
      handledMessages,
      perhapsHandled: journal.perhapsHandled,
      handledAtEnd: journal.handled,
      expired: journal.expired,
      isRepaired: mix.repair === true,
      notificationWrites: journal.notificationWrites,
      waiting,
      waitingAfterRedrive,
      lostLogs: kills > 0 || LOSES_LOGS.some((fault) => journal.faults.has(fault)),
      left: await leftIn(
        world,
        queues.map(({ name }) => name),
      ),
    };
    const counted = (...sources: string[]) => waiting.filter(({ source }) => sources.includes(source)).length;
    const verdict = check(evidence);
    isKept = options.keepData === true && (verdict.violations.length > 0 || trouble.length > 0);
    return {
      ...verdict,
      ...{ seed, mix: options.mix, posts, kills },
      changes: evidence.changes.length,
      accepted: record.accepted.length,
      retries: record.retries,
      faults: Object.fromEntries([...journal.faults].toSorted()),
      waiting: {
        parked: counted('parked'),
        givenUp: counted('stream'),
        deadLetters: counted('queue', 'subscription'),
        afterRedrive: waitingAfterRedrive.length,
        expired: journal.expired.size,
      },
      seconds: { traffic: trafficSeconds, recovery, total: since(began) },
      failure: trouble.length > 0 ? [...new Set(trouble)].slice(0, 5).join('\n') : undefined,
    };
  } finally {
    for (const step of undo.toReversed()) await step();
  }
};
