const KEY = 'console-opened';

const kept = (): string[] => {
  try {
    const opened: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(opened) ? opened.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
};

const MAX_KEPT = 200;

const note = () => {
  const opened = new Set([...kept(), window.location.hash.split('?')[0] ?? '']);
  sessionStorage.setItem(KEY, JSON.stringify([...opened].slice(-MAX_KEPT)));
};
window.addEventListener('hashchange', note);
note();

/** Whether these pages were opened in this tab; also a part of one, as a message of a queue. */
export const areOpened = (addresses: readonly string[]): boolean => {
  const opened = kept();
  return addresses.every((address) => opened.some((one) => one.startsWith(address)));
};

/** From now on they count only when they are opened again. */
export const forgetOpened = (): void => sessionStorage.removeItem(KEY);
