import { buttonLook, LoadingBlock, Notice } from '@openhands-jira/ui';
import type { SignInProvider } from '@openhands-jira/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearch } from '../../lib/router.js';
import { ColourChoice } from '../../app/colour-choice.js';
import icon from '../../app/icon.svg';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import { texts } from '../../texts.js';
import { providersQuery } from './me.js';
import { wantedPage } from './wanted-page.js';

/** Where people without a session land: one button per configured git provider. */
export function SignInPage() {
  const [query] = useSearch();
  const [wanted] = useState(() => wantedPage(query));
  const providers = useQuery(providersQuery);
  const error = query.get('error');

  return (
    <main className="sign-in">
      <div className="brand"><img src={icon} alt="" />{texts.app.name}</div>
      <PageHead title={texts.signIn.title} intro={texts.signIn.intro} />
      {error !== null && <Notice tone="bad" title={texts.signIn.failed} role="alert"><p>{texts.signIn.errors[error] ?? texts.signIn.errors['failed']}</p></Notice>}
      {providers.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {providers.isError && <LoadFailure query={providers} />}
      {providers.data && <Providers providers={providers.data} returnTo={wanted} />}
      <div><ColourChoice /></div>
    </main>
  );
}

function Providers({ providers, returnTo }: { providers: SignInProvider[]; returnTo: string | null }) {
  if (providers.length === 0) return <Notice tone="warning" title={texts.signIn.none}><p>{texts.signIn.noneText}</p></Notice>;
  return (
    <div className="ui-stack">
      {providers.map(({ id, name, signInUrl }, place) => (
        <a key={id} {...buttonLook({ size: 'md', variant: place === 0 ? 'filled' : 'default' })} href={withReturn(signInUrl, returnTo)}>{texts.signIn.with(name)}</a>
      ))}
    </div>
  );
}

/** Adds the page that the person wanted. The server checks that it is one of its own. */
export function withReturn(signInUrl: string, returnTo: string | null): string {
  if (!returnTo) return signInUrl;
  return `${signInUrl}${signInUrl.includes('?') ? '&' : '?'}returnTo=${encodeURIComponent(returnTo)}`;
}
