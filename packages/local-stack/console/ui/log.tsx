import { useMemo } from 'preact/hooks';
import type { ServiceSummary } from '../../src/console/service/wire.ts';
import { useAsked } from '../data/request.ts';

export interface LogLine {
  at: number;
  stream: string;
  line: string;
}

const PLACE = /(?:file:\/\/)?(\/[^\s:()"']+):(\d+):(\d+)/g;

/** Text in which places in the service's sources are links to the editor. */
export const WithPlaces = ({ text, directory }: { text: string; directory: string | undefined }) => {
  const parts = useMemo(() => {
    if (directory === undefined) return [text];
    const made = [];
    let end = 0;
    for (const match of text.matchAll(PLACE)) {
      const [whole, file = '', line, column] = match;
      if (!file.startsWith(`${directory}/`) || file.includes('/node_modules/')) continue;
      made.push(text.slice(end, match.index));
      made.push(
        <a key={match.index} href={`vscode://file${file}:${line}:${column}`}>
          {file.slice(directory.length + 1)}:{line}:{column}
        </a>,
      );
      end = match.index + whole.length;
    }
    made.push(text.slice(end));
    return made;
  }, [text, directory]);
  return <>{parts}</>;
};

const levelOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'level' in value ? String(value.level) : '';

/** A JSON line indented, with the newlines of its texts, such as stacks; other lines as they are. */
const readable = (line: string): { level: string; head: string; rest: string } => {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null || !('message' in parsed)) throw new SyntaxError();
    const { message, ...rest } = parsed;
    const text = JSON.stringify(rest, null, 2).replaceAll('\\n', '\n      ');
    return { level: levelOf(parsed), head: String(message), rest: text };
  } catch {
    return { level: '', head: line, rest: '' };
  }
};

const Line = ({ line, directory }: { line: LogLine; directory: string | undefined }) => {
  const { level, head, rest } = useMemo(() => readable(line.line), [line.line]);
  const tone = /ERROR|CRITICAL|FATAL/i.test(level) || line.stream === 'platform' ? 'bad-text' : 'quiet';
  return (
    <li>
      <time class="quiet">{new Date(line.at).toISOString().slice(11, 23)}</time>{' '}
      {level !== '' && <span class={tone}>{level} </span>}
      <WithPlaces text={head} directory={directory} />
      {rest !== '' && (
        <details open={tone === 'bad-text'}>
          <summary class="quiet">fields</summary>
          <pre>
            <WithPlaces text={rest} directory={directory} />
          </pre>
        </details>
      )}
    </li>
  );
};

/** Lines of a function's log; metrics that are embedded in it are left out. */
export const Log = ({ lines }: { lines: readonly LogLine[] }) => {
  const { data: service } = useAsked<ServiceSummary>('/api/service');
  const shown = lines.filter(({ line }) => !line.startsWith('{"_aws"'));
  if (shown.length === 0) return <p class="quiet">It wrote no log lines.</p>;
  return (
    <ol class="log">
      {shown.map((line, index) => (
        <Line key={index} line={line} directory={service?.directory} />
      ))}
    </ol>
  );
};
