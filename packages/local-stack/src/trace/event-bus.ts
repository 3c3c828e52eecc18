import type { EventSink } from './stack-event.ts';

/** Passes on what the parts of a stack tell, at once and in order. */
export interface EventBus {
  emit: EventSink;
  /** @returns how to stop listening */
  subscribe(sink: EventSink): () => void;
}

export const createEventBus = (): EventBus => {
  const sinks = new Set<EventSink>();
  return {
    emit: (event) => {
      for (const sink of sinks) sink(event);
    },
    subscribe: (sink) => {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
  };
};
