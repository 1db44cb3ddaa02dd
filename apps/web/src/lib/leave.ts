import { isWebAddress } from '@openhands-jira/ui';
import { useEffect, useState } from 'react';
import { RequestFailed } from './api.js';
import { texts } from '../texts.js';

/**
 * Sends the browser to another site for a person's consent. `leaving` is true until the person comes back with the back
 * button, when the browser shows the page as it was left.
 */
export function useLeave(): { leaving: boolean; leaveFor: (url: string) => void } {
  const [leaving, setLeaving] = useState(false);

  useEffect(() => {
    const cameBack = () => setLeaving(false);
    window.addEventListener('pageshow', cameBack);
    return () => window.removeEventListener('pageshow', cameBack);
  }, []);

  function leaveFor(url: string): void {
    setLeaving(true);
    openAddress(url);
  }
  return { leaving, leaveFor };
}

/** Says no to addresses that would run as a program. Throws `RequestFailed`. */
export function checkWebAddress(url: string): string {
  if (!isWebAddress(url)) throw new RequestFailed(0, 'unreadable_answer', texts.failures.notWebAddress);
  return url;
}

function openAddress(url: string): void {
  window.location.assign(url);
}
