/** What the frame around every page shows. */
export interface ServiceSummary {
  stackName: string;
  stage: string;
  region: string;
  engines: { name: string; answers: boolean }[];
  /** Names of the alarms that are in alarm. */
  alarmsInAlarm: string[];
}
