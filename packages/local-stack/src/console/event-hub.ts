import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChannelData } from './wire.ts';

const FLUSH_MILLISECONDS = 250;
const MAX_MESSAGES_PER_FLUSH = 100;
/** A page that does not read as fast as the stack writes misses messages instead of filling memory. */
const MAX_UNSENT_BYTES = 1_000_000;

/** One kind of message to the pages that are open. */
export interface EventChannel<Message> {
  /** Whether a page listens; without one, nothing needs to be made. */
  readonly isWatched: boolean;
  /**
   * Sends within 250 ms; of more than 100 messages in that time the latest are sent, the others counted. Only what is
   * sent is made.
   */
  send(make: () => Message): void;
}

/** Server-sent events. Nothing is kept, and no timer runs, while no page listens. */
export interface EventHub {
  /**
   * @param name unique
   * @param whileWatched called when the first page begins to listen; what it returns, when the last one ends
   */
  channel<Message>(name: string, whileWatched?: () => () => void): EventChannel<Message>;
  /** Answers `GET /events?channels=a,b`: an event of the channel's name for each, with `ChannelData`. */
  serve(request: IncomingMessage, response: ServerResponse, channels: readonly string[]): void;
}

interface State {
  pending: (() => unknown)[];
  skipped: number;
  listeners: Set<ServerResponse>;
  whileWatched: (() => () => void) | undefined;
  end: (() => void) | undefined;
}

/** @param redact takes the values of secrets out of what is sent */
export const createEventHub = (redact: (text: string) => string): EventHub => {
  const channels = new Map<string, State>();
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    for (const [name, state] of channels) {
      if (state.pending.length === 0) continue;
      const messages = state.pending.map((make) => make());
      const data: ChannelData<unknown> = { messages, skipped: state.skipped };
      const text = `event: ${name}\ndata: ${redact(JSON.stringify(data))}\n\n`;
      state.pending = [];
      state.skipped = 0;
      for (const response of state.listeners)
        if (response.writableLength < MAX_UNSENT_BYTES) response.write(text);
    }
  };

  const listen = (state: State, response: ServerResponse) => {
    state.listeners.add(response);
    if (state.listeners.size === 1) state.end = state.whileWatched?.();
    timer ??= setInterval(flush, FLUSH_MILLISECONDS);
  };
  const leave = (state: State, response: ServerResponse) => {
    if (!state.listeners.delete(response) || state.listeners.size > 0) return;
    state.end?.();
    state.end = undefined;
    state.pending = [];
    if ([...channels.values()].some(({ listeners }) => listeners.size > 0)) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    channel: (name, whileWatched) => {
      const state: State = {
        pending: [],
        skipped: 0,
        listeners: new Set(),
        whileWatched,
        end: undefined,
      };
      channels.set(name, state);
      return {
        get isWatched() {
          return state.listeners.size > 0;
        },
        send: (make) => {
          if (state.listeners.size === 0) return;
          state.pending.push(make);
          if (state.pending.length <= MAX_MESSAGES_PER_FLUSH) return;
          state.pending.shift();
          state.skipped += 1;
        },
      };
    },
    serve: (request, response, names) => {
      const wanted = names.flatMap((name) => channels.get(name) ?? []);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 500\n\n');
      for (const state of wanted) listen(state, response);
      request.once('close', () => {
        for (const state of wanted) leave(state, response);
      });
    },
  };
};
