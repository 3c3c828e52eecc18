import { useState } from 'preact/hooks';
import type { MessagesView, MessageView, QueueView } from '../../../src/console/queues/wire.ts';
import { hrefOf } from '../../data/address.ts';
import { change, useAsked } from '../../data/request.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Json } from '../../ui/json.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from './action.ts';
import { ChoiceTable } from './choice-table.tsx';
import { Question } from './question.tsx';
import { useSelection } from './selection.ts';

const EVERY_MS = 1_000;
const SECOND = 1_000;

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

const stateOf = ({ state, visibleAt }: MessageView): string =>
  visibleAt === undefined
    ? state
    : `hidden, again in ${Math.max(0, Math.round((visibleAt - Date.now()) / SECOND))} s`;

const Row = ({
  message,
  isChosen,
  onToggle,
}: {
  message: MessageView;
  isChosen: boolean;
  onToggle: () => void;
}) => (
  <tr>
    <td>
      <input type="checkbox" aria-label={`Choose ${message.id}`} checked={isChosen} onChange={onToggle} />
    </td>
    <td>
      <details>
        <summary class="mono">{message.id}</summary>
        <Json value={parsed(message.body)} label={`Body of ${message.id}`} />
        {message.attributes.length > 0 && (
          <dl class="facts">
            {message.attributes.map(({ name, value }) => (
              <>
                <dt key={name}>{name}</dt>
                <dd key={`${name} value`}>{value}</dd>
              </>
            ))}
          </dl>
        )}
      </details>
      <a href={hrefOf('trace', [message.id])}>trace</a>
    </td>
    <td>
      <Badge tone={message.state === 'visible' ? 'neutral' : 'info'}>{stateOf(message)}</Badge>
    </td>
    <td>{message.receives}</td>
    <td class="queue-cause">
      {message.cause ?? <span class="quiet">{message.receives > 0 ? 'not remembered' : ''}</span>}
    </td>
  </tr>
);

/** The messages of a queue, to be sent back to where they come from, or discarded. */
export const Messages = ({ queue, onChange }: { queue: QueueView; onChange: () => void }) => {
  const path = `/api/queues/${encodeURIComponent(queue.id)}`;
  const { data, error, ask } = useAsked<MessagesView>(`${path}/messages`, EVERY_MS);
  const messages = data?.messages ?? [];
  const { chosen, isChosen, toggle, clear } = useSelection(messages.map(({ id }) => id));
  const { problem, run } = useAction(() => {
    ask();
    onChange();
  });
  const [done, setDone] = useState('');
  const [isAsking, setAsking] = useState(false);
  const isDeadLetters = queue.takesFrom.length > 0;
  const what = chosen.length > 0 ? `${chosen.length} chosen` : `all ${data?.total ?? 0}`;

  const act = (how: 'redrive' | 'discard') => {
    setAsking(false);
    return run(async () => {
      const body = chosen.length > 0 ? { messageIds: chosen } : {};
      const { moved } = await change<{ moved: number }>('POST', `${path}/${how}`, body);
      setDone(`${moved} ${how === 'redrive' ? `sent back to ${queue.takesFrom[0]}` : 'discarded'}.`);
      clear();
    });
  };

  return (
    <section class="card">
      <div class="page-head">
        <h2>{queue.id}</h2>
        {isDeadLetters && (
          <button type="button" class="primary" disabled={data?.total === 0} onClick={() => act('redrive')}>
            Send back {what}
          </button>
        )}
        <button
          type="button"
          class="danger"
          disabled={data === undefined || data.total === 0}
          onClick={() => setAsking(true)}
        >
          Discard {what}
        </button>
        <span role="status">{done}</span>
      </div>
      <Problem message={problem ?? error} />
      {isAsking && (
        <Question
          text={`Discard ${what} of ${queue.id}? They are gone for good.`}
          yes="Discard"
          onYes={() => act('discard')}
          onNo={() => setAsking(false)}
        />
      )}
      {data?.total === 0 && <Empty title="Empty" />}
      {messages.length > 0 && (
        <ChoiceTable columns={['message', 'state', 'receives', 'why']}>
          {messages.map((message) => (
            <Row
              key={message.id}
              message={message}
              isChosen={isChosen(message.id)}
              onToggle={() => toggle(message.id)}
            />
          ))}
        </ChoiceTable>
      )}
      {data && data.total > messages.length && (
        <p class="quiet">
          The first {messages.length} of {data.total}.
        </p>
      )}
    </section>
  );
};
