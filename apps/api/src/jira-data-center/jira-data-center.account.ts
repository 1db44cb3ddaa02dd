/** Whose token it is, and which Jira: the two questions that come before everything else. */
import { JiraProblem, type Shape, textOf } from '@openhands-jira/domain';
import type { DataCenterServer } from './jira-data-center.server.js';

/** The account that a token belongs to. */
export interface DataCenterAccount {
  key: string;
  name: string;
  displayName: string;
}

/** The owner of the server's token. Throws `JiraProblem`; a token that Jira takes for nobody's is `service_account_rejected`. */
export async function ownAccount(server: DataCenterServer): Promise<DataCenterAccount> {
  const person = await server.json({ method: 'GET', path: '/rest/api/2/myself' });
  const [key, name] = [textOf(person, 'key'), textOf(person, 'name')];
  if (!key || !name) throw new JiraProblem('jira_unexpected_answer', 'Jira does not tell whose token this is.');
  return { key, name, displayName: textOf(person, 'displayName') ?? name };
}

/** A version of Jira Data Center. */
export interface ServerVersion {
  /** As people know it: `10.3.24`. */
  text: string;
  /** Decides which webhook API there is, and whether deliveries are signed. */
  major: number;
  minor: number;
}

/** First version whose deliveries are signed. */
export const SIGNED_SINCE = 10;

/** Versions 10.0 to 10.2 have the webhook API of version 10, but Atlassian supports them no longer: 10.3 is the first long-term one. */
export function isOutOfSupport({ major, minor }: ServerVersion): boolean {
  return major < 10 || (major === 10 && minor < 3);
}

/** Reads `serverInfo`; null when something else than Jira Data Center answers. Old servers lack `versionNumbers`. */
export function readVersion(info: Shape): ServerVersion | null {
  const text = textOf(info, 'version')?.slice(0, 40) ?? '';
  const { versionNumbers } = info;
  const [major, minor = 0] = (Array.isArray(versionNumbers) ? versionNumbers : text.split('.')).map((part: unknown) => Number.parseInt(String(part), 10));
  const isJira = text !== '' && Number.isInteger(major) && textOf(info, 'deploymentType') !== 'Cloud';
  return isJira ? { text, major: major!, minor } : null;
}

/** The version of the server. Throws `JiraProblem`. */
export async function versionOf(server: DataCenterServer): Promise<ServerVersion> {
  const version = readVersion(await server.json({ method: 'GET', path: '/rest/api/2/serverInfo' }));
  if (version) return version;
  throw new JiraProblem('jira_unexpected_answer', 'At the base URL there is something else than Jira Data Center.');
}
