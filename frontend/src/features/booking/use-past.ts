import { useEffect, useState } from 'react';

/** Whether an instant has passed by the reader's own clock. */
export const usePast = (instant: string): boolean => {
  const [past, setPast] = useState(() => Date.parse(instant) <= Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setPast(true), Math.max(0, Date.parse(instant) - Date.now()));
    return () => clearTimeout(timer);
  }, [instant]);
  return past;
};
