/** Who calls the agent's API: keys, their users and organisations (openhands-api.md 1). */
import { bearerToken } from '../oauth-server.ts';
import { json, type Reply, type SandboxRequest } from '../routes.ts';

export interface AgentKey {
  id: number;
  name: string;
  key: string;
  userId: string;
  /** Organisation that the key is bound to; null = the header decides. */
  boundOrgId: string | null;
}

export interface AgentUser {
  id: string;
  email: string;
  /** Connected git providers with their hosts; the host may be null. */
  providers: Record<string, string | null>;
  orgIds: string[];
}

export interface AgentCaller {
  key: AgentKey;
  user: AgentUser;
  orgId: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export class AgentAccounts {
  readonly keys: AgentKey[] = [];
  readonly users: AgentUser[] = [];

  addUser(user: AgentUser): AgentUser {
    this.users.push(user);
    return user;
  }

  addKey(userId: string, key: string, options: { name?: string; boundOrgId?: string } = {}): AgentKey {
    const { name = 'sandbox', boundOrgId = null } = options;
    const added = { id: this.keys.length + 1, name, key, userId, boundOrgId };
    this.keys.push(added);
    return added;
  }

  removeKey(key: string): void {
    this.keys.splice(this.keys.findIndex((one) => one.key === key), 1);
  }

  /** The caller of a request, or the refusal. */
  enter(request: SandboxRequest): AgentCaller | Reply {
    const header = (name: string): string | null => (typeof request.headers[name] === 'string' ? request.headers[name] : null);
    const given = bearerToken(header('authorization') ?? undefined) ?? header('x-session-api-key') ?? header('x-access-token');
    const key = this.keys.find((one) => one.key === given);
    const user = this.users.find((one) => one.id === key?.userId);
    if (key === undefined || user === undefined) return json(401, { error: 'failed to authenticate' });
    const wanted = header('x-org-id');
    if (wanted !== null && !UUID.test(wanted)) return json(400, { detail: 'Invalid X-Org-Id' });
    if (wanted !== null && key.boundOrgId !== null && wanted !== key.boundOrgId) return json(403, { detail: 'The key is bound to another organization' });
    if (wanted !== null && !user.orgIds.includes(wanted)) return json(403, { detail: 'Not a member of this organization' });
    return { key, user, orgId: wanted ?? key.boundOrgId ?? user.orgIds[0] ?? '' };
  }
}

export function isReply(value: AgentCaller | Reply): value is Reply {
  return 'status' in value;
}
