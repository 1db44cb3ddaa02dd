/** What only Jira Cloud's JSON has, in deliveries and in REST answers: people by `accountId`. The rest is read in the domain (`event-reading`, `rest-reading`). */
import { type JiraActor, shapeOf, textOf } from '@openhands-jira/domain';

/** A person, or null when the value is none. Old payloads and REST answers may lack everything but a display name. */
export function actorOf(value: unknown): JiraActor | null {
  const person = shapeOf(value);
  if (Object.keys(person).length === 0) return null;
  const emailAddress = textOf(person, 'emailAddress');
  return {
    id: textOf(person, 'accountId') ?? '',
    displayName: textOf(person, 'displayName') ?? '',
    ...(emailAddress && { emailAddress }),
    kind: kindOf(textOf(person, 'accountType')),
  };
}

/** `atlassian` is a person, `app` an app or automation rule, `customer` somebody of a service portal. Absent before 2020. */
function kindOf(accountType: string | null): JiraActor['kind'] {
  if (accountType === 'atlassian') return 'person';
  return accountType === 'app' || accountType === 'customer' ? accountType : 'unknown';
}
