import { useSyncExternalStore } from 'react';

const QUERY = '(prefers-color-scheme: dark)';

const subscribe = (changed: () => void): (() => void) => {
  const list = matchMedia(QUERY);
  list.addEventListener('change', changed);
  return () => list.removeEventListener('change', changed);
};

/** Whether the system asks for dark colours now; a canvas has to be told, since no style sheet repaints it. */
export const useDarkness = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(QUERY).matches);
