import type { ComponentChildren } from 'preact';

/** A table whose rows begin with a checkbox. */
export const ChoiceTable = ({
  columns,
  children,
}: {
  columns: readonly string[];
  children: ComponentChildren;
}) => (
  <div class="queue-messages">
    <table class="list">
      <thead>
        <tr>
          <th>
            <span class="hidden-text">chosen</span>
          </th>
          {columns.map((column) => (
            <th key={column}>{column}</th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
