/** What the frame around every page shows. */
export interface ServiceSummary {
  stackName: string;
  stage: string;
  region: string;
  /** Absolute; places in it are links to the editor. */
  directory: string;
  engines: { name: string; answers: boolean }[];
  /** Names of the alarms that are in alarm. */
  alarmsInAlarm: string[];
  /** What is broken on purpose, a line each. */
  broken: string[];
}
