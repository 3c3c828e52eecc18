import { useMemo } from 'preact/hooks';

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Colouring more would be slow; the text is shown whole all the same. */
const MAX_COLOURED = 100_000;

const coloured = (text: string) => {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon, word] = match;
    if (match.index > end) parts.push(text.slice(end, match.index));
    const kind = colon ? 'json-key' : string ? 'json-string' : word ? 'json-word' : 'json-number';
    parts.push(
      <span key={match.index} class={kind}>
        {string ?? whole}
      </span>,
    );
    if (colon) parts.push(colon);
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
};

/** A value as indented JSON. */
export const Json = ({ value, label }: { value: unknown; label: string }) => {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? 'undefined', [value]);
  return (
    // A region that scrolls must be reachable by the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: axe asks for it, scrollable-region-focusable
    <section class="json" tabIndex={0} aria-label={label}>
      <pre>{text.length > MAX_COLOURED ? text : coloured(text)}</pre>
    </section>
  );
};
