import { type PartProps, Switch } from './switch.tsx';

const KINDS = [
  ['throttles', 'throttles'],
  ['half', 'fails every second entry of a batch'],
  ['away', 'is unreachable'],
] as const;

const typeOf = (type: string): string => type.split('::').at(-1)?.toLowerCase() ?? type;

/** What can be wrong with a table, topic, queue or bucket, as functions see it. */
export const ResourceSwitches = ({ state, act }: PartProps) => (
  <section class="card">
    <h2>Tables, topics, queues, buckets</h2>
    {!state.callsAreJudged && (
      <p class="quiet">
        Started with --no-rights: calls of functions do not pass where they could be broken.
      </p>
    )}
    <ul class="break-parts">
      {state.resources.map(({ id, type }) => (
        <li key={id}>
          <span>
            <strong>{id}</strong> <span class="quiet">{typeOf(type)}</span>
          </span>
          <span class="break-switches">
            {KINDS.map(([kind, text]) => (
              <Switch
                key={kind}
                id={`${kind} ${id}`}
                fault={{ kind, resource: id }}
                label={`${id} ${text}`}
                text={text}
                state={state}
                act={act}
              />
            ))}
          </span>
        </li>
      ))}
    </ul>
  </section>
);

const nameOf = (arn: string): string => {
  const [, table] = /:table\/([^/]+)\/stream/.exec(arn) ?? [];
  return table === undefined ? (arn.split(':').at(-1) ?? arn) : `stream of ${table}`;
};

/** Streams and queues that can be held: their event source mapping reads nothing meanwhile. */
export const MappingSwitches = ({ state, act }: PartProps) => (
  <section class="card">
    <h2>Event source mappings</h2>
    <ul class="break-parts">
      {state.mappings.map(({ id, functionId, source }) => (
        <li key={id}>
          <span>
            <strong>{functionId}</strong> <span class="quiet">reads {nameOf(source)}</span>
          </span>
          <span class="break-switches">
            <Switch
              id={`held ${id}`}
              fault={{ kind: 'held', mapping: id }}
              label={`${nameOf(source)} is paused for ${functionId}`}
              text="held"
              state={state}
              act={act}
            />
          </span>
        </li>
      ))}
    </ul>
  </section>
);
