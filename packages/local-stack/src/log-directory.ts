import { mkdirSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Log files, one per name, as CloudWatch has one log group per function. */
export interface LogDirectory {
  /** Appends a line, without its newline, to `<directory>/<name>.log`. Never throws; after `close` it does nothing. */
  write(name: string, line: string): void;
  /** Resolves when every line is written. */
  close(): Promise<void>;
}

/** A file of this size becomes `<name>.log.1`, in place of the one before it. */
const MAX_BYTES = 10 * 1024 * 1024;

interface LogFile {
  append(line: string): void;
  close(): Promise<void>;
}

const openLogFile = (file: string, onFailure: (cause: unknown) => void, maxBytes: number): LogFile => {
  let handle: FileHandle | undefined;
  let bytes = 0;
  const waiting: string[] = [];
  let writing: Promise<void> | undefined;
  let isFailing = false;

  const closeHandle = async () => {
    const closing = handle;
    handle = undefined;
    await closing?.close();
  };
  const write = async (text: string) => {
    if (!handle) {
      handle = await open(file, 'a');
      bytes = (await handle.stat()).size;
    }
    await handle.appendFile(text);
    bytes += Buffer.byteLength(text);
    if (bytes < maxBytes) return;
    await closeHandle();
    await rename(file, `${file}.1`);
  };
  /** What waits, no more of it than a file holds. */
  const takeWaiting = (): string => {
    let [count, length] = [0, 0];
    while (count < waiting.length && length < maxBytes) {
      length += waiting[count]?.length ?? 0;
      count += 1;
    }
    return waiting.splice(0, count).join('');
  };
  /** Writes what waits; what cannot be written is lost, so that a full disk does not become full memory. */
  const writeWaiting = async () => {
    while (waiting.length > 0) {
      try {
        await write(takeWaiting());
        isFailing = false;
      } catch (error) {
        if (!isFailing) onFailure(error);
        isFailing = true;
        await closeHandle().catch(() => {});
      }
    }
    writing = undefined;
  };

  return {
    append: (line) => {
      waiting.push(`${line}\n`);
      writing ??= writeWaiting();
    },
    close: async () => {
      await writing;
      await closeHandle();
    },
  };
};

/**
 * Log files in a directory, which is made. Of each the latest 10 to 20 MB are kept. A failure, such as a full disk,
 * costs the lines that cannot be written and nothing else.
 * @param onFailure called when lines of a file begin to be lost
 */
export const openLogDirectory = (
  directory: string,
  onFailure: (file: string, cause: unknown) => void,
  maxBytes = MAX_BYTES,
): LogDirectory => {
  mkdirSync(directory, { recursive: true });
  const files = new Map<string, LogFile>();
  let isClosed = false;
  const fileOf = (name: string): LogFile => {
    const known = files.get(name);
    if (known) return known;
    const path = join(directory, `${name}.log`);
    const opened = openLogFile(path, (cause) => onFailure(path, cause), maxBytes);
    files.set(name, opened);
    return opened;
  };
  return {
    write: (name, line) => {
      if (!isClosed) fileOf(name).append(line);
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...files.values()].map((file) => file.close()));
    },
  };
};
