/** The latest of what is put in, bounded by count and by size. */
export interface Ring<Item> {
  push(item: Item): void;
  /** Oldest first. */
  items(): readonly Item[];
}

/** @param options.sizeOf of one item, in the unit of `maximumSize`; it must not change later */
export const createRing = <Item>(options: {
  maximumItems: number;
  maximumSize: number;
  sizeOf: (item: Item) => number;
}): Ring<Item> => {
  const { maximumItems, maximumSize, sizeOf } = options;
  let kept: Item[] = [];
  /** Items before this one are over; they are cut off now and then, since shifting one costs a copy of all. */
  let start = 0;
  let size = 0;
  return {
    push(item) {
      kept.push(item);
      size += sizeOf(item);
      while (kept.length - start > maximumItems || (size > maximumSize && kept.length - start > 1)) {
        const oldest = kept[start];
        if (oldest !== undefined) size -= sizeOf(oldest);
        start += 1;
      }
      if (start > maximumItems) {
        kept = kept.slice(start);
        start = 0;
      }
    },
    items: () => kept.slice(start),
  };
};
