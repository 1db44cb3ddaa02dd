import type { Integration } from '@openhands-jira/contracts';
import { peopleTexts as t } from '../../texts-of-people.js';
import { linksOf, unlinkedOf } from './people.js';
import { PeopleList } from './people-list.js';
import { UnlinkedList } from './unlinked-list.js';

/** Who is linked on one connection, and who asked there without being linked, for those who look after it: only they are told how many people it has. */
export function ConnectionPeople({ integration: { connection, linkedPeople } }: { integration: Integration }) {
  if (!connection || linkedPeople === null) return null;
  return (
    <>
      {linkedPeople > 0 && <PeopleList place={linksOf(connection.id)} title={t.ofConnection} intro={t.ofConnectionIntro} />}
      <UnlinkedList place={unlinkedOf(connection.id)} />
    </>
  );
}
