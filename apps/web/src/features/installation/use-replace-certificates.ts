import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { type Action, useAction } from '../../lib/use-action.js';
import { auditQuery, certificatesQuery, replaceCertificates } from './installation.js';

/** Replaces the certificates, and asks again for what shows them. Gives how many are trusted now. */
export function useReplaceCertificates(): Action<[pem: string], number> {
  const queries = useQueryClient();
  const perform = useCallback(async (pem: string) => {
    const count = await replaceCertificates(pem);
    await Promise.all([certificatesQuery, auditQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
    return count;
  }, [queries]);
  return useAction(perform);
}
