import { useEffect, useState } from 'preact/hooks';

/** The page that the address names, and what it says to it: `#/name/part/part?key=value`. */
export interface Address {
  name: string;
  path: readonly string[];
  query: URLSearchParams;
}

const current = (): Address => {
  const [path = '', query = ''] = window.location.hash.replace(/^#\/?/, '').split('?');
  const [name = '', ...rest] = path.split('/').map(decodeURIComponent);
  return { name, path: rest, query: new URLSearchParams(query) };
};

/** The address of a page, for links: `hrefOf('queues', ['OrdersQueue'], { show: 'dead' })`. */
export const hrefOf = (
  name: string,
  path: readonly string[] = [],
  query: Readonly<Record<string, string>> = {},
): string => {
  const search = new URLSearchParams(query).toString();
  return `#/${[name, ...path].map(encodeURIComponent).join('/')}${search && `?${search}`}`;
};

/** The address as it is now; the component is drawn again when it changes. */
export const useAddress = (): Address => {
  const [address, setAddress] = useState(current);
  useEffect(() => {
    const change = () => setAddress(current());
    window.addEventListener('hashchange', change);
    return () => window.removeEventListener('hashchange', change);
  }, []);
  return address;
};
