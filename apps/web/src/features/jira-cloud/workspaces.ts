/** What the page asks the server about Jira Cloud workspaces. Secrets pass through and are kept nowhere here. */
import { AuthorizationRedirect, type CheckServiceAccount, type CreateWorkspace, ServiceAccountCheck, type UpdateWorkspace, Workspace, WorkspaceCreated } from '@openhands-jira/contracts';
import { request, RequestFailed, tell } from '../../lib/api.js';
import { checkWebAddress } from '../../lib/leave.js';

const BASE = '/api/v1/jira-cloud';

/** True when the workspace is connected and active, so that a person can link at once. Throws when it is somebody else's who has to act first. */
export async function isConnected(site: string): Promise<boolean> {
  try {
    await request(`${BASE}/workspaces/${encodeURIComponent(site)}`, Workspace);
    return true;
  } catch (error) {
    if (error instanceof RequestFailed && error.code === 'not_found' && error.fields.length === 0) return false;
    throw error;
  }
}

/** Begins to link the caller. Gives the address of the consent page. */
export async function beginLink(site: string): Promise<string> {
  const { authorizationUrl } = await request(`${BASE}/workspaces/${encodeURIComponent(site)}/link`, AuthorizationRedirect, { method: 'POST' });
  return checkWebAddress(authorizationUrl);
}

/** Tries a service account; nothing is stored. The token is in this one request and must not be cached. */
export function checkAccount(account: CheckServiceAccount, signal: AbortSignal): Promise<ServiceAccountCheck> {
  return request(`${BASE}/service-account-checks`, ServiceAccountCheck, { method: 'POST', body: account, signal });
}

/** Hands in the credentials of a new workspace. Gives the address of the consent page. */
export async function createWorkspace(workspace: CreateWorkspace): Promise<string> {
  const { authorizationUrl } = await request(`${BASE}/workspaces`, WorkspaceCreated, { method: 'POST', body: workspace });
  return checkWebAddress(authorizationUrl);
}

/** Hands in the owner's changes. Gives the address of the consent page. */
export async function updateWorkspace(connectionId: string, changes: UpdateWorkspace): Promise<string> {
  const { authorizationUrl } = await request(`${BASE}/workspaces/${connectionId}`, AuthorizationRedirect, { method: 'PATCH', body: changes });
  return checkWebAddress(authorizationUrl);
}

/** Ends the caller's link; for the owner, the whole connection. */
export function unlink(connectionId: string): Promise<void> {
  return tell(`${BASE}/link?connectionId=${connectionId}`, { method: 'DELETE' });
}
