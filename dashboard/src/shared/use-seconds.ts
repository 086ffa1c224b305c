import { useEffect, useState } from 'react';

/** The time, moving while it is looked at. */
export function useSeconds(isMoving: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!isMoving) return undefined;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isMoving]);
  return nowMs;
}
