/** What went wrong with the last request; nothing while all is well. */
export const Problem = ({ message }: { message: string | undefined }) =>
  message === undefined ? null : (
    <p class="problem" role="alert">
      {message}
    </p>
  );
