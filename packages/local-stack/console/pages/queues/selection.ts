import { useState } from 'preact/hooks';

/** What of a list is chosen; what has left the list is not. */
export const useSelection = (ids: readonly string[]) => {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return {
    chosen: ids.filter((id) => chosen.has(id)),
    isChosen: (id: string) => chosen.has(id),
    toggle: (id: string) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      setChosen(next);
    },
    clear: () => setChosen(new Set()),
  };
};
