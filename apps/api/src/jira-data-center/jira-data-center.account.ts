/** Whose token it is, and which Jira: the two questions that come before everything else. */
import { JiraProblem, textOf } from '@openhands-jira/domain';
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

/** First number of the version: it decides which webhook API there is, and whether deliveries are signed. Throws `JiraProblem`. */
export async function majorVersion(server: DataCenterServer): Promise<number> {
  const info = await server.json({ method: 'GET', path: '/rest/api/2/serverInfo' });
  const { versionNumbers } = info;
  const major = Array.isArray(versionNumbers) ? Number(versionNumbers[0]) : Number.parseInt(textOf(info, 'version') ?? '', 10);
  if (Number.isInteger(major)) return major;
  throw new JiraProblem('jira_unexpected_answer', 'At the base URL there is something else than Jira Data Center.');
}
