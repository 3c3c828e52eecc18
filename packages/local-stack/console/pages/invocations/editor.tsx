import { useState } from 'preact/hooks';

const problemOf = (text: string): string | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** An event to be changed and sent. */
export const Editor = ({ event, onSend }: { event: unknown; onSend: (event: unknown) => void }) => {
  const [text, setText] = useState(() => JSON.stringify(event, null, 2));
  const problem = problemOf(text);
  return (
    <section class="event-editor">
      <textarea
        aria-label="Event to send"
        rows={14}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <p>
        <button
          type="button"
          class="primary"
          disabled={problem !== undefined}
          onClick={() => onSend(JSON.parse(text))}
        >
          Send
        </button>{' '}
        {problem !== undefined && <span class="bad-text">{problem}</span>}
      </p>
    </section>
  );
};
