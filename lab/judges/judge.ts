/** What a judge found. */
export interface Verdict {
  /** Comparisons it made. */
  cases: number;
  /** What is wrong here, or differs and is not explained yet. */
  findings: readonly string[];
  /** Where somebody else is known to differ, with who is right. */
  differences?: readonly string[];
}

export interface JudgeOptions {
  /** Of everything that is drawn. */
  seed: number;
  /** How long the API is fuzzed. */
  minutes: number;
}

/** Something that did not come from here, and says whether the service is right. */
export interface Judge {
  name: string;
  /** What it judges, in a line. */
  about: string;
  /** Commands that have to be there. */
  needs: readonly string[];
  /** @throws {ToolUnreachable} when what it needs cannot be installed */
  run: (options: JudgeOptions) => Promise<Verdict>;
}
