/** The last invocations of functions, with their logs. */
export const FunctionActivity = ({ functions }: { functions: readonly string[] }) => (
  <p class="quiet">{functions.length}</p>
);
