/** The rules of the checker, by the promise that each one holds the service to. */
export const RULES = [
  'accepted changes are there',
  'nothing is written twice',
  'the index shows what is published',
  'every publication is notified once',
  'every device is told once',
  'every version is reviewed once',
  'every event is in one place',
  'every dead letter names its cause',
  'nothing is left under way',
] as const;
export type Rule = (typeof RULES)[number];

/** A promise that was not kept. */
export interface Violation {
  rule: Rule;
  /** The post, event or device that it happened to. */
  subject: string;
  expected: string;
  found: string;
}

/** Collects the violations of one rule. */
export const violationsOf = (rule: Rule) => {
  const found: Violation[] = [];
  return {
    found,
    say: (subject: string, expected: string, what: string) =>
      void found.push({ rule, subject, expected, found: what }),
  };
};
