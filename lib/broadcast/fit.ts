/** What has to go somewhere, and what it takes. */
export interface Sized {
  bytes: number;
}

/** What a batch takes at most. */
export interface Room {
  entries: number;
  bytes: number;
}

const bySize = <Item extends Sized>(items: readonly Item[]): Item[] =>
  items.toSorted((a, b) => b.bytes - a.bytes);

const sumOf = (items: readonly Sized[]): number => items.reduce((sum, { bytes }) => sum + bytes, 0);

/** The fewest batches that any packing could need, by count and by bytes. */
export const fewestOf = (count: number, bytes: number, room: Room): number =>
  Math.max(Math.ceil(count / room.entries), Math.ceil(bytes / room.bytes));

/** Each item in the first batch with room for it, in the order given. Items above the room go alone. */
export const firstFit = <Item extends Sized>(items: readonly Item[], room: Room): Item[][] => {
  const batches: { items: Item[]; bytes: number }[] = [];
  let firstOpen = 0;
  for (const item of items) {
    while (batches[firstOpen]?.items.length === room.entries) firstOpen += 1;
    const fitting = batches.find(
      (batch, index) =>
        index >= firstOpen && batch.items.length < room.entries && batch.bytes + item.bytes <= room.bytes,
    );
    if (fitting) {
      fitting.items.push(item);
      fitting.bytes += item.bytes;
    } else {
      batches.push({ items: [item], bytes: item.bytes });
    }
  }
  return batches.map((batch) => batch.items);
};

/** The longest item is a good start where bytes run out first. */
export const firstFitDecreasing = <Item extends Sized>(items: readonly Item[], room: Room): Item[][] =>
  firstFit(bySize(items), room);

/** How many items at the end of a descending list fit into `bytes`, each by itself. */
const countUpTo = (descending: readonly Sized[], bytes: number): number => {
  let [from, to] = [0, descending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((descending[middle]?.bytes ?? 0) <= bytes) to = middle;
    else from = middle + 1;
  }
  return descending.length - from;
};

/**
 * One batch after the other, each with the longest item left, then again and again the longest that leaves room for as
 * many of the shortest as the batch still has to hold. Fills entries and bytes at once, where first-fit-decreasing
 * would bring long items together and run out of entries with the short ones later.
 */
export const longWithShort = <Item extends Sized>(items: readonly Item[], room: Room): Item[][] => {
  const left = bySize(items);
  const batches: Item[][] = [];
  let bytesLeft = sumOf(left);
  while (left.length > 0) {
    const wanted = Math.ceil(left.length / fewestOf(left.length, bytesLeft, room));
    const batch = left.splice(0, 1);
    let free = room.bytes - sumOf(batch);
    while (batch.length < room.entries && countUpTo(left, free) > 0) {
      const stillWanted = Math.max(0, wanted - batch.length - 1);
      const reserved = stillWanted === 0 ? 0 : sumOf(left.slice(-stillWanted));
      const fitting = Math.max(1, countUpTo(left, free - reserved));
      const taken = left.splice(left.length - fitting, 1);
      batch.push(...taken);
      free -= sumOf(taken);
    }
    batches.push(batch);
    bytesLeft -= sumOf(batch);
  }
  return batches;
};
