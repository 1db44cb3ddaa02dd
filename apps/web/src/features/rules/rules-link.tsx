import type { Integration } from '@openhands-jira/contracts';
import { buttonLook, Section } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { rulesTexts as t } from '../../texts-of-rules.js';
import { rulesPage } from './rules.js';

/** The way to the rules, for those who look after the connection: only they are told how many people it has. */
export function RulesLink({ integration: { connection, linkedPeople } }: { integration: Integration }) {
  if (!connection || linkedPeople === null) return null;
  return (
    <Section title={t.title}>
      <p>{t.linkIntro}</p>
      <div><Link {...buttonLook({ variant: 'default' })} to={rulesPage(connection.id)}>{t.link}</Link></div>
    </Section>
  );
}
