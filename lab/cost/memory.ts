import { invocationModel } from '../capacity/durations.ts';
import type { Facts } from '../capacity/facts.ts';
import type { Measured } from '../capacity/measured.ts';
import { priceOf } from './prices.ts';

/** What a function of some size takes, and costs. */
export interface MemoryChoice {
  functionKey: string;
  memoryMegabytes: number;
  /** The size in the template. */
  chosen: boolean;
  batchSize: number;
  /** Of one record, and of a full batch. */
  millisecondsOfOne: number;
  millisecondsOfABatch: number;
  /** US dollars for the compute of a million records, one at a time and in full batches. */
  usdOfOnes: number;
  usdOfBatches: number;
}

/** One megabyte step a processor's share each; from 1,769 on there is a whole processor, and Node.js uses one. */
export const SIZES = [128, 256, 512, 1_024, 1_769] as const;

const MILLION = 1_000_000;

/** Each function on the road in each size: processor time costs the same in all, waiting costs more in larger ones. */
export const memoryChoices = (facts: Facts, measured: Measured): MemoryChoice[] => {
  const { usd, per } = priceOf('lambdaGbSecond');
  const usdOf = (milliseconds: number, memoryMegabytes: number, invocations: number): number =>
    (((Math.ceil(milliseconds) / 1_000) * memoryMegabytes) / 1_024) * invocations * (usd / per);
  const batchSizes = new Map([
    ['createPost', 1],
    [facts.stream.functionKey, facts.stream.batchSize],
    ...facts.queues.map(({ functionKey, batchSize }): [string, number] => [functionKey, batchSize]),
  ]);
  return [...batchSizes].flatMap(([functionKey, batchSize]) => {
    const model = invocationModel(measured, functionKey);
    const memoryInTemplate = facts.functions[functionKey]?.memoryMegabytes;
    return SIZES.map((memoryMegabytes): MemoryChoice => {
      const millisecondsOfOne = model.milliseconds(1, memoryMegabytes);
      const millisecondsOfABatch = model.milliseconds(batchSize, memoryMegabytes);
      return {
        functionKey,
        memoryMegabytes,
        chosen: memoryMegabytes === memoryInTemplate,
        batchSize,
        millisecondsOfOne,
        millisecondsOfABatch,
        usdOfOnes: usdOf(millisecondsOfOne, memoryMegabytes, MILLION),
        usdOfBatches: usdOf(millisecondsOfABatch, memoryMegabytes, MILLION / batchSize),
      };
    });
  });
};
