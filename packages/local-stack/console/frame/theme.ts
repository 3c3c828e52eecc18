import { useEffect, useState } from 'preact/hooks';

export type Theme = 'light' | 'dark';

const KEY = 'console-theme';
const ofSystem = window.matchMedia('(prefers-color-scheme: dark)');
const kept = (): Theme | undefined => {
  const value = window.localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : undefined;
};
const current = (): Theme => kept() ?? (ofSystem.matches ? 'dark' : 'light');

/** The system's theme until the person chooses the other one. */
export const useTheme = (): [Theme, () => void] => {
  const [theme, setTheme] = useState(current);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    // As Swagger UI has it.
    document.documentElement.classList.toggle('dark-mode', theme === 'dark');
  }, [theme]);
  useEffect(() => {
    const follow = () => setTheme(current());
    ofSystem.addEventListener('change', follow);
    return () => ofSystem.removeEventListener('change', follow);
  }, []);
  const toggle = () => {
    const next = theme === 'dark' ? 'light' : 'dark';
    window.localStorage.setItem(KEY, next);
    setTheme(next);
  };
  return [theme, toggle];
};
