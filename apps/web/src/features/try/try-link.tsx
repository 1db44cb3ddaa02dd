import type { Integration } from '@openhands-jira/contracts';
import { buttonLook, Section } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { tryTexts as t } from '../../texts-of-trials.js';
import { tryPage } from './try.js';

/** The way to "Try it", for those who look after the connection: only they are told how many people it has. */
export function TryLink({ integration: { connection, linkedPeople } }: { integration: Integration }) {
  if (!connection || linkedPeople === null) return null;
  return (
    <Section title={t.title}>
      <p>{t.linkIntro}</p>
      <div><Link {...buttonLook({ variant: 'default' })} to={tryPage(connection.id)}>{t.link}</Link></div>
    </Section>
  );
}
