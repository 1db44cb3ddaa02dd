/** What administrators ask the server about the installation. Secrets pass through and are kept nowhere here. */
import { AuditPage, type ConnectionCheck, ConnectionTest, DataCenterConfiguration, TrustedCertificateList, type UpdateDataCenterConfiguration } from '@openhands-jira/contracts';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';

const DATA_CENTER = '/api/v1/admin/jira-data-center';
const CERTIFICATES = '/api/v1/admin/certificates';

/** The settings of Jira Data Center; of secrets only whether they are set. */
export const dataCenterSettingsQuery = queryOptions({
  queryKey: ['installation', 'jira-data-center'],
  queryFn: ({ signal }) => request(DATA_CENTER, DataCenterConfiguration, { signal }),
});

/** Changes settings; what is absent stays. Gives what counts now. */
export function saveDataCenterSettings(changes: UpdateDataCenterConfiguration): Promise<DataCenterConfiguration> {
  return request(DATA_CENTER, DataCenterConfiguration, { method: 'PUT', body: changes });
}

/** Tries the saved settings, one after the other. */
export async function testDataCenter(): Promise<ConnectionCheck[]> {
  return (await request(`${DATA_CENTER}/test`, ConnectionTest, { method: 'POST' })).items;
}

export const certificatesQuery = queryOptions({
  queryKey: ['installation', 'certificates'],
  queryFn: ({ signal }) => request(CERTIFICATES, TrustedCertificateList, { signal }),
});

/** Trusts those of this text as well. Gives how many are trusted now. */
export async function addCertificates(pem: string): Promise<number> {
  return (await request(CERTIFICATES, TrustedCertificateList, { method: 'POST', body: { pem } })).items.length;
}

/** Trusts this one no longer. Gives how many still are. */
export async function removeCertificate(fingerprint: string): Promise<number> {
  return (await request(`${CERTIFICATES}/${encodeURIComponent(fingerprint)}`, TrustedCertificateList, { method: 'DELETE' })).items.length;
}

/** What administrators changed, newest first, page by page. */
export const auditQuery = infiniteQueryOptions({
  queryKey: ['installation', 'audit'],
  queryFn: ({ pageParam, signal }) => request(`/api/v1/admin/audit${pageParam ? `?cursor=${encodeURIComponent(pageParam)}` : ''}`, AuditPage, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.nextCursor,
});
