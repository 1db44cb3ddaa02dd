import type { Integration } from '@openhands-jira/contracts';
import { peopleTexts as t } from '../../texts-of-people.js';
import { linksOf } from './people.js';
import { PeopleList } from './people-list.js';

/** Who is linked on one connection, for those who look after it: only they are told how many people it has. */
export function ConnectionPeople({ integration: { connection, linkedPeople } }: { integration: Integration }) {
  if (!connection || !linkedPeople) return null;
  return <PeopleList place={linksOf(connection.id)} title={t.ofConnection} intro={t.ofConnectionIntro} />;
}
