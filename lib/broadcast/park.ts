/** A stream record that can never be published, with why. */
export interface ParkedRecord {
  reason: string;
  /** The whole record, as Lambda delivered it. */
  record: unknown;
}

/** Puts a record aside for people to look at. Parking the same record again changes nothing. @throws when it could not. */
export type ParkRecord = (parked: ParkedRecord) => Promise<void>;
