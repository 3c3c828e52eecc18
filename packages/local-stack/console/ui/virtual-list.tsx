import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const SPARE_ROWS = 8;

interface VirtualListProps<Item> {
  items: readonly Item[];
  /** In pixels, the same for all. */
  rowHeight: number;
  keyOf: (item: Item) => string;
  label: string;
  children: (item: Item) => ComponentChildren;
}

/** A list of which only the rows in view are in the document. */
export const VirtualList = <Item,>({ items, rowHeight, keyOf, label, children }: VirtualListProps<Item>) => {
  const view = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const element = view.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE_ROWS);
  const shown = items.slice(first, first + Math.ceil(height / rowHeight) + 2 * SPARE_ROWS);
  return (
    <section
      class="virtual-list"
      ref={view}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
      tabIndex={0}
      aria-label={label}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <ul style={{ height: `${items.length * rowHeight}px` }}>
        {shown.map((item, index) => (
          <li
            key={keyOf(item)}
            style={{ height: `${rowHeight}px`, transform: `translateY(${(first + index) * rowHeight}px)` }}
          >
            {children(item)}
          </li>
        ))}
      </ul>
    </section>
  );
};
