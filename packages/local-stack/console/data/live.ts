import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChannelData } from '../../src/console/wire.ts';

type Listener = (data: ChannelData<never>) => void;

/** One stream of events for all components; it is opened again when the wanted channels change. */
const listeners = new Map<string, Set<Listener>>();
const connectionListeners = new Set<(isOpen: boolean) => void>();
const reconnectListeners = new Set<() => void>();
let source: EventSource | undefined;
let opened = '';
let isScheduled = false;

let wasLost = false;
const tellConnection = (isOpen: boolean) => {
  for (const listener of connectionListeners) listener(isOpen);
  if (isOpen && wasLost) for (const listener of reconnectListeners) listener();
  wasLost = !isOpen;
};

/** Told when the stack is back, for example with another build of the service. @returns how to stop listening */
export const onReconnect = (listener: () => void): (() => void) => {
  reconnectListeners.add(listener);
  return () => reconnectListeners.delete(listener);
};

const reopen = () => {
  isScheduled = false;
  const names = [...listeners.keys()].toSorted();
  const wanted = names.join(',');
  if (wanted === opened) return;
  source?.close();
  source = undefined;
  opened = wanted;
  if (names.length === 0) return;
  const next = new EventSource(`/events?channels=${encodeURIComponent(wanted)}`);
  next.onopen = () => tellConnection(true);
  next.onerror = () => tellConnection(false);
  for (const name of names) {
    next.addEventListener(name, ({ data }: MessageEvent<string>) => {
      const parsed = JSON.parse(data);
      for (const listener of listeners.get(name) ?? []) listener(parsed);
    });
  }
  source = next;
};
const schedule = () => {
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(reopen);
};

/** Takes the messages of a channel while the component is there, about four times a second. */
export const useChannel = <Message>(
  name: string,
  take: (messages: readonly Message[], skipped: number) => void,
): void => {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const listener = ({ messages, skipped }: ChannelData<Message>) => latest.current(messages, skipped);
    const known = listeners.get(name) ?? new Set();
    listeners.set(name, known);
    known.add(listener);
    schedule();
    return () => {
      known.delete(listener);
      if (known.size === 0) listeners.delete(name);
      schedule();
    };
  }, [name]);
};

/** Whether the stack's events arrive; `undefined` until it is known. */
export const useConnection = (): boolean | undefined => {
  const [isOpen, setOpen] = useState<boolean>();
  useEffect(() => {
    connectionListeners.add(setOpen);
    return () => {
      connectionListeners.delete(setOpen);
    };
  }, []);
  return isOpen;
};
