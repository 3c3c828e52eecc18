import fc from 'fast-check';
import { subscribers } from '../../../scripts/subscribers.ts';
import type { Judge } from '../judge.ts';
import { type Difference, differences, looksOf } from './differences.ts';
import { events, messages, type Policy, type Published, policy } from './draw.ts';
import { type Engine, ours, startMotoTopics, startPlainFauxqs } from './engine.ts';

const EVENTS = 200;
const ROUNDS = 3;
const POLICIES = 40;
const MESSAGES = 40;

/** One policy and one message that two engines decide differently. */
interface Disagreement {
  engine: string;
  policy: Policy;
  message: Published | undefined;
  says: string;
}

/** Lets every engine decide the same. @returns where one differs from our own rule */
const disagreements = async (
  others: readonly Engine[],
  policies: readonly Policy[],
  sent: readonly Published[],
): Promise<Disagreement[]> => {
  const expected = await ours.deliver(policies, sent);
  const received = await Promise.all(others.map((engine) => engine.deliver(policies, sent)));
  return others.flatMap(({ name }, other) =>
    policies.flatMap((one, index): Disagreement[] => {
      const [wanted, got] = [expected[index], received[other]?.[index]];
      if (wanted === undefined || wanted === 'refused') throw new Error('our own rule refused a policy');
      if (got === undefined || got === 'refused')
        return [{ engine: name, policy: one, message: undefined, says: 'refuses the policy' }];
      return sent
        .filter(({ id }) => got.failed.has(id) || wanted.delivered.has(id) !== got.delivered.has(id))
        .map((message) => ({
          engine: name,
          policy: one,
          message,
          says: got.failed.has(message.id)
            ? 'fails'
            : got.delivered.has(message.id)
              ? 'delivers what ours does not'
              : 'does not deliver what ours does',
        }));
    }),
  );
};

const told = ({ engine, policy: of, message, says }: Disagreement): string =>
  `${engine} ${says}: ${JSON.stringify(of)} ${JSON.stringify(message)}`;

const OWN: readonly Policy[] = subscribers().map(({ filterPolicy }) => ({
  scope: 'MessageAttributes',
  policy: filterPolicy,
}));

/** Two other implementations of SNS's filter policies. */
export const filterPoliciesJudge: Judge = {
  name: 'filter-policies',
  about: 'fauxqs, moto and our own rule deliver the same events under the same filter policies',
  needs: ['python3'],
  run: async ({ seed }) => {
    const engines: Engine[] = [];
    try {
      engines.push(await startMotoTopics(), await startPlainFauxqs());
      const [published = []] = fc.sample(events(EVENTS), { seed, numRuns: 1 });
      // The service's own policies have to mean the same everywhere: no difference is known there.
      const findings = (await disagreements(engines, OWN, published)).map(told);
      const seen = new Map<Difference, number>();
      const round = fc.tuple(
        fc.array(policy, { minLength: POLICIES, maxLength: POLICIES }),
        messages(MESSAGES),
      );
      for (const [policies, sent] of fc.sample(round, { seed, numRuns: ROUNDS })) {
        for (const found of await disagreements(engines, policies, sent)) {
          const looks = looksOf(found.policy, found.message);
          const known = differences.find(
            ({ engine, applies }) =>
              engine === found.engine && applies(looks, found.message, found.policy.scope),
          );
          if (known === undefined) findings.push(told(found));
          else seen.set(known, (seen.get(known) ?? 0) + 1);
        }
      }
      return {
        cases: engines.length * (OWN.length * EVENTS + ROUNDS * POLICIES * MESSAGES),
        findings,
        differences: differences.map((known) => {
          const { engine, what, page } = known;
          return `${engine} ${what}: ours is right, ${page} (${seen.get(known) ?? 0} cases)`;
        }),
      };
    } finally {
      for (const engine of engines) await engine.stop();
    }
  },
};
