import { type MillisecondsOf, MOST_RECEIVED } from './model.ts';
import { behaviourOf } from './quotas.ts';

// Nothing of the model is in here but the rules that AWS documents: what the model says in formulas happens here, one
// record at a time, in virtual seconds.

/** What was seen of a mapping. */
export interface Observed {
  batch: number;
  invocationsPerSecond: number;
  concurrency: number;
  /** Records that were there and not taken when it ended. */
  left: number;
  /** From a record's arrival to the invocation that it is in, in seconds. */
  waitedSeconds: { p50: number; p99: number };
}

export interface ObservedQueue extends Observed {
  pollers: number;
  receivesPerMessage: number;
}

/** Work at its time: a binary heap. */
const agenda = () => {
  const heap: { at: number; act: () => void }[] = [];
  const before = (a: number, b: number): boolean => (heap[a]?.at ?? Infinity) < (heap[b]?.at ?? Infinity);
  const swap = (a: number, b: number) => {
    const [first, second] = [heap[a], heap[b]];
    if (first && second) [heap[a], heap[b]] = [second, first];
  };
  return {
    add(at: number, act: () => void) {
      heap.push({ at, act });
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (!before(child, parent)) return;
        swap(child, parent);
        child = parent;
      }
    },
    next() {
      const [first] = heap;
      const last = heap.pop();
      if (last && heap.length > 0) {
        heap[0] = last;
        for (let parent = 0; ; ) {
          const [left, right] = [2 * parent + 1, 2 * parent + 2];
          let least = before(left, parent) ? left : parent;
          if (before(right, least)) least = right;
          if (least === parent) break;
          swap(parent, least);
          parent = least;
        }
      }
      return first;
    },
  };
};

/** The same numbers for the same seed: mulberry32. */
export const randomOf = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

interface Settings {
  ratePerSecond: number;
  batchSize: number;
  windowSeconds: number;
  millisecondsOf: MillisecondsOf;
  /** How long the arrivals go on; what came in the first third is not counted. */
  seconds: number;
  seed: number;
}

/** Invocations take a fifth more or less than measured. */
const SPREAD = 0.2;

const start = ({ ratePerSecond, millisecondsOf, seconds, seed }: Settings) => {
  const { add, next } = agenda();
  const random = randomOf(seed);
  const countFrom = seconds / 3;
  let now = 0;
  let [invocations, records, busySeconds] = [0, 0, 0];
  const waited: number[] = [];

  const percentile = (share: number): number => waited[Math.floor(waited.length * share)] ?? 0;
  return {
    add,
    random,
    now: () => now,
    arrive(onArrival: () => void) {
      const schedule = (at: number) => {
        if (at >= seconds) return;
        add(at, () => {
          onArrival();
          schedule(at - Math.log(1 - random()) / ratePerSecond);
        });
      };
      schedule(-Math.log(1 - random()) / ratePerSecond);
    },
    /** Runs an invocation with records that arrived at these times. */
    invoke(arrivals: readonly number[], done: () => void) {
      const lasts = (millisecondsOf(arrivals.length) / 1_000) * (1 - SPREAD + 2 * SPREAD * random());
      if (now >= countFrom && now < seconds) {
        invocations += 1;
        records += arrivals.length;
        busySeconds += lasts;
        for (const arrival of arrivals) waited.push(now - arrival);
      }
      add(now + lasts, done);
    },
    run(): void {
      for (let event = next(); event && event.at < seconds; event = next()) {
        now = event.at;
        event.act();
      }
    },
    observed(left: number): Observed {
      waited.sort((a, b) => a - b);
      const counted = seconds - countFrom;
      return {
        batch: records / invocations,
        invocationsPerSecond: invocations / counted,
        concurrency: busySeconds / counted,
        left,
        waitedSeconds: { p50: percentile(0.5), p99: percentile(0.99) },
      };
    },
  };
};

/**
 * A stream: shards that are read four times a second, and lanes of each that run one batch at a time of what was read.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export const simulateStream = (settings: Settings & { shards: number; lanesPerShard: number }): Observed => {
  const { batchSize, windowSeconds } = settings;
  const world = start(settings);
  const pollSeconds = 1 / behaviourOf('streamPollsPerSecond');

  const shards = Array.from({ length: settings.shards }, () => ({
    unread: [] as { arrival: number; lane: number }[],
    lanes: Array.from({ length: settings.lanesPerShard }, () => ({
      waiting: [] as number[],
      gatheringUntil: undefined as number | undefined,
      running: false,
    })),
  }));
  type Shard = (typeof shards)[number];
  type Lane = Shard['lanes'][number];

  const begin = (lane: Lane) => {
    if (lane.running || lane.waiting.length === 0) return;
    lane.gatheringUntil ??= world.now() + windowSeconds;
    if (lane.waiting.length < batchSize && world.now() < lane.gatheringUntil) {
      world.add(lane.gatheringUntil, () => begin(lane));
      return;
    }
    lane.gatheringUntil = undefined;
    lane.running = true;
    world.invoke(lane.waiting.splice(0, batchSize), () => {
      lane.running = false;
      begin(lane);
    });
  };
  const read = (shard: Shard) => {
    for (const { arrival, lane } of shard.unread.splice(0)) shard.lanes[lane]?.waiting.push(arrival);
    for (const lane of shard.lanes) begin(lane);
  };
  const poll = (shard: Shard) => {
    read(shard);
    world.add(world.now() + pollSeconds, () => poll(shard));
  };
  for (const shard of shards) world.add(world.random() * pollSeconds, () => poll(shard));
  world.arrive(() => {
    const shard = shards[Math.floor(world.random() * shards.length)];
    const lane = Math.floor(world.random() * settings.lanesPerShard);
    shard?.unread.push({ arrival: world.now(), lane });
  });
  world.run();
  return world.observed(
    shards.reduce(
      (sum, { unread, lanes }) =>
        sum + unread.length + lanes.reduce((inner, { waiting }) => inner + waiting.length, 0),
      0,
    ),
  );
};

/**
 * A queue: pollers that wait for messages, receive up to ten at once, go on receiving in the window, and invoke. More of
 * them come while messages wait.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const simulateQueue = (settings: Settings & { mostPollers: number }): ObservedQueue => {
  const { batchSize, windowSeconds, mostPollers, seconds } = settings;
  const world = start(settings);
  const receiveSeconds = behaviourOf('sqsMs') / 1_000;
  const messages: number[] = [];
  let head = 0;
  const waitingPollers: (() => void)[] = [];
  let pollers = 0;
  let [receives, received] = [0, 0];

  const available = () => messages.length - head;
  const poller = () => {
    let batch: number[] = [];
    let until = 0;
    const invoke = () => {
      const taken = batch;
      batch = [];
      world.invoke(taken, receive);
    };
    const take = (): void => {
      const count = Math.min(MOST_RECEIVED, batchSize - batch.length, available());
      if (count === 0) {
        receive();
        return;
      }
      if (batch.length === 0) until = world.now() + windowSeconds;
      batch.push(...messages.slice(head, head + count));
      head += count;
      if (world.now() >= seconds / 3) {
        receives += 1;
        received += count;
      }
      world.add(world.now() + receiveSeconds, () => {
        if (batch.length < batchSize && world.now() < until) receive();
        else invoke();
      });
    };
    const receive = (): void => {
      if (available() > 0) {
        take();
        return;
      }
      let answered = false;
      const answer = () => {
        if (answered) return;
        answered = true;
        take();
      };
      waitingPollers.push(answer);
      if (batch.length > 0) {
        world.add(until, () => {
          if (answered) return;
          answered = true;
          const place = waitingPollers.indexOf(answer);
          if (place >= 0) waitingPollers.splice(place, 1);
          invoke();
        });
      }
    };
    receive();
  };
  const grow = (count: number) => {
    for (; count > 0 && pollers < mostPollers; count -= 1) {
      pollers += 1;
      poller();
    }
  };
  const oversee = () => {
    // How Lambda judges that messages still wait is not documented: here, when more do than all pollers take at once.
    if (available() > pollers * MOST_RECEIVED) grow(Math.round(behaviourOf('queuePollersPerMinute') / 60));
    world.add(world.now() + 1, oversee);
  };
  grow(Math.min(behaviourOf('queuePollers'), mostPollers));
  world.add(1, oversee);
  world.arrive(() => {
    messages.push(world.now());
    if (waitingPollers.length === 0) return;
    const place = Math.floor(world.random() * waitingPollers.length);
    waitingPollers.splice(place, 1)[0]?.();
  });
  world.run();
  return { ...world.observed(available()), pollers, receivesPerMessage: receives / received };
};
