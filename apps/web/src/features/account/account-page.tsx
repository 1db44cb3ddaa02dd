import type { Me } from '@openhands-jira/contracts';
import { Section, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { PageHead } from '../../app/page-head.js';
import { accountTexts } from '../../texts-of-account.js';
import { texts } from '../../texts.js';
import { meQuery } from '../sign-in/me.js';
import { AgentKey } from './agent-key.js';
import { ApiTokens } from './api-tokens.js';

/** The caller's own account: git accounts, OpenHands key, API tokens. */
export function AccountPage() {
  const me = useQuery(meQuery).data;
  if (!me) return null;
  return (
    <>
      <PageHead title={accountTexts.title} intro={<>{me.name}{me.email && `, ${me.email}`}</>} aside={me.isAdmin && <StatusBadge tone="progress" icon="info">{texts.app.administrator}</StatusBadge>} />
      <Identities me={me} />
      <AgentKey isSet={me.agent.apiKeySet} />
      <ApiTokens />
    </>
  );
}

function Identities({ me }: { me: Me }) {
  const t = accountTexts;
  return (
    <Section title={t.identities}>
      <p className="ui-muted">{t.identitiesText}</p>
      <ul className="how-to">
        {me.identities.map(({ provider, host, login, state }) => <li key={`${provider} ${host} ${login}`}><strong>{login}</strong> <span className="ui-muted">{host}</span>{state === 'expired' && <> {t.identityEnded}</>}</li>)}
      </ul>
      <p><a href="/sign-in?returnTo=%2Faccount">{t.addIdentity}</a></p>
    </Section>
  );
}
