/** What only Jira Data Center's JSON has, in deliveries and in REST answers: people by `key`. The rest is read in the domain (`event-reading`, `rest-reading`). */
import { type JiraActor, shapeOf, textOf } from '@openhands-jira/domain';

/**
 * A person, or null when the value is none. The key stays when somebody is renamed; of users made since 8.4 it is
 * `JIRAUSER` and a number, of older ones their first name. Some recordings lack it: then nobody can tell who it is.
 */
export function actorOf(value: unknown): JiraActor | null {
  const person = shapeOf(value);
  if (Object.keys(person).length === 0) return null;
  const [name, emailAddress] = [textOf(person, 'name'), textOf(person, 'emailAddress')];
  return {
    id: textOf(person, 'key') ?? '',
    ...(name && { name }),
    displayName: textOf(person, 'displayName') ?? name ?? '',
    ...(emailAddress && { emailAddress }),
    // Data Center does not tell apps from people: whoever acts has an account like any other.
    kind: 'person',
  };
}
