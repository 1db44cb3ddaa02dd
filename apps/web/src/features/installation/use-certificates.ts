import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { type Action, useAction } from '../../lib/use-action.js';
import { addCertificates, auditQuery, certificatesQuery, removeCertificate } from './installation.js';

/** Trusts more certificates; gives how many are trusted now. */
export function useAddCertificates(): Action<[pem: string], number> {
  return useChange(addCertificates);
}

/** Trusts one certificate no longer; gives how many are still trusted. */
export function useRemoveCertificate(): Action<[fingerprint: string], number> {
  return useChange(removeCertificate);
}

/** Changes them, and asks again for what shows them. */
function useChange(change: (what: string) => Promise<number>): Action<[string], number> {
  const queries = useQueryClient();
  const perform = useCallback(async (what: string) => {
    const count = await change(what);
    await Promise.all([certificatesQuery, auditQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
    return count;
  }, [queries, change]);
  return useAction(perform);
}
