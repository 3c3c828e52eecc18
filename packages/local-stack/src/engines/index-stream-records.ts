import { DatabaseSync } from 'node:sqlite';

/**
 * Indexes the stream records of the embedded DynamoDB, which looks for a shard's highest sequence number on every
 * write and for a position in the shard on every read, each time through all records: without the indexes a write
 * costs in proportion to what was written before.
 * @param databaseFile of an engine that is running: it makes its tables when it starts
 * @throws {Error} when the engine keeps its stream in another form than this version of it does
 */
export const indexStreamRecords = (databaseFile: string): void => {
  const database = new DatabaseSync(databaseFile, { timeout: 5_000 });
  try {
    database.exec(`
      CREATE INDEX IF NOT EXISTS stream_records_by_position
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
      CREATE INDEX IF NOT EXISTS stream_records_by_shard
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
    `);
  } catch (cause) {
    throw new Error('the stream records of the embedded DynamoDB cannot be indexed', { cause });
  } finally {
    database.close();
  }
};
