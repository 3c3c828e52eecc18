import { useEffect, useRef } from 'preact/hooks';

/** Asks before something is done that cannot be taken back. */
export const Question = ({
  text,
  yes,
  onYes,
  onNo,
}: {
  text: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label={text} onCancel={onNo}>
      <p>{text}</p>
      <p class="page-head">
        <button type="button" onClick={onNo}>
          Keep
        </button>
        <button type="button" class="danger" onClick={onYes}>
          {yes}
        </button>
      </p>
    </dialog>
  );
};
