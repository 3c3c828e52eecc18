import type { Facts } from '../capacity/facts.ts';
import type { Measured } from '../capacity/measured.ts';
import { type Bill, billOf, type Use } from './bill.ts';
import { type Crossing, crossingsOf } from './crossing.ts';
import { type Design, usesOf, withWindows } from './designs.ts';

export interface Options {
  freeTier: boolean;
  /** Whether a message that SNS puts into a queue is a request of SQS. */
  sendsAreBilled: boolean;
}

/** The goal of this project at a million posts a day. */
export const GOAL = 0.35;

/** Batching windows that are compared, in seconds. */
export const WINDOWS = [0, 1, 5] as const;

const SPAN = { from: 100, to: 1e9 };

export interface Ratios {
  /** From the stream to the subscribers' work. */
  fanOut: number;
  /** All that the month costs. */
  whole: number;
}

export interface WindowComparison {
  windowSeconds: number;
  fanOut: number;
  whole: number;
  ratios: Ratios;
  /** In posts a day: where this design's fan-out crosses the plain one's. */
  crossings: Crossing[];
  /** Where it crosses the goal. */
  goalCrossings: Crossing[];
}

export interface Comparison {
  postsPerDay: number;
  bills: Record<Design, Bill>;
  ratios: Ratios;
  windows: WindowComparison[];
}

const readAs = (uses: readonly Use[], { sendsAreBilled }: Options): Use[] =>
  uses.filter(({ price }) => sendsAreBilled || price !== 'queueSendByTopic');

/** A month's bill of a design. */
export const billFor = (
  design: Design,
  facts: Facts,
  measured: Measured,
  postsPerDay: number,
  options: Options,
): Bill => billOf(readAs(usesOf(design, facts, measured, postsPerDay), options), options);

const ratiosOf = (own: Bill, plain: Bill): Ratios => ({
  fanOut: own.byPart['fan-out'] / plain.byPart['fan-out'],
  whole: own.total / plain.total,
});

/** This design against the plain one, as it is set and with other windows. The plain one has no windows. */
export const compare = (
  facts: Facts,
  measured: Measured,
  postsPerDay: number,
  options: Options,
): Comparison => {
  const plainFacts = withWindows(facts, 0);
  const plainBill = (posts: number) => billFor('plain', plainFacts, measured, posts, options);
  const bills = {
    broadcast: billFor('broadcast', facts, measured, postsPerDay, options),
    plain: plainBill(postsPerDay),
  };
  return {
    postsPerDay,
    bills,
    ratios: ratiosOf(bills.broadcast, bills.plain),
    windows: WINDOWS.map((windowSeconds): WindowComparison => {
      const windowed = withWindows(facts, windowSeconds);
      const billAt = (posts: number) => billFor('broadcast', windowed, measured, posts, options);
      const ratioAt = (posts: number) => ratiosOf(billAt(posts), plainBill(posts)).fanOut;
      const bill = billAt(postsPerDay);
      return {
        windowSeconds,
        fanOut: bill.byPart['fan-out'],
        whole: bill.total,
        ratios: ratiosOf(bill, bills.plain),
        crossings: crossingsOf(ratioAt, 1, SPAN.from, SPAN.to),
        goalCrossings: crossingsOf(ratioAt, GOAL, SPAN.from, SPAN.to),
      };
    }),
  };
};
