import type { Evidence } from '../evidence/evidence.ts';
import { indexShowsWhatIsPublished } from './index-rule.ts';
import { everyDeviceIsTold, everyPublicationIsNotified } from './notifications.ts';
import { type Observations, observationsOf } from './observations.ts';
import { everyDeadLetterNamesItsCause, everyEventIsInOnePlace, nothingIsLeft } from './places.ts';
import { everyVersionIsReviewed } from './reviews.ts';
import type { Violation } from './violation.ts';
import { acceptedChangesAreThere, nothingIsWrittenTwice } from './writes.ts';

export interface Verdict {
  violations: Violation[];
  observations: Observations;
  /** Messages that a device got again because the answer to the first was lost. */
  excusedRepeats: number;
}

/** Holds the evidence against every rule. Pure. */
export const check = (evidence: Evidence): Verdict => {
  const devices = everyDeviceIsTold(evidence);
  return {
    violations: [
      ...acceptedChangesAreThere(evidence),
      ...nothingIsWrittenTwice(evidence),
      ...indexShowsWhatIsPublished(evidence),
      ...everyPublicationIsNotified(evidence),
      ...devices.violations,
      ...everyVersionIsReviewed(evidence),
      ...everyEventIsInOnePlace(evidence),
      ...everyDeadLetterNamesItsCause(evidence),
      ...nothingIsLeft(evidence),
    ],
    observations: observationsOf(evidence),
    excusedRepeats: devices.excusedRepeats,
  };
};
