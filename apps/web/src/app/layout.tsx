import { Button, buttonLook, LoadingBlock, Notice } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, Suspense } from 'react';
import { Link, MenuLink, Redirect, usePlace } from '../lib/router.js';
import { meQuery, useSignOut } from '../features/sign-in/me.js';
import { isSignedOut } from '../lib/query.js';
import { texts } from '../texts.js';
import { ColourChoice } from './colour-choice.js';
import icon from './icon.svg';
import { LoadFailure } from './load-failure.js';

/**
 * The frame around all screens. Who is not signed in is sent to sign in first, and comes back; a screen that has something
 * for everybody gives it as `signedOut`.
 */
export function Layout({ signedOut, children }: { signedOut?: ReactNode; children: ReactNode }) {
  const me = useQuery(meQuery);
  const signInHere = useSignInHere();
  const isOut = isSignedOut(me.error) && !me.data;

  if (isOut && !signedOut) return <Redirect to={signInHere} />;
  return (
    <>
      <a className="skip" href="#content">{texts.app.skip}</a>
      <header className="frame-head">
        <div className="frame-head-row">
          {isOut ? <SignedOutHead signInHere={signInHere} /> : <Head name={me.data?.name ?? null} isAdmin={me.data?.isAdmin ?? false} />}
        </div>
      </header>
      <main id="content" className="frame-main" tabIndex={-1}>
        {me.isPending && <LoadingBlock label={texts.common.loading} />}
        {me.isError && !me.data && !isOut && <LoadFailure query={me} />}
        {(me.data || isOut) && <Suspense fallback={<LoadingBlock label={texts.common.loading} />}>{isOut ? signedOut : children}</Suspense>}
      </main>
      <footer className="frame-foot">
        <span>{texts.app.colours}</span>
        <ColourChoice />
      </footer>
    </>
  );
}

/** The sign-in page, with the way back to where the person is now. */
function useSignInHere(): string {
  const { pathname, search } = usePlace();
  return `/sign-in?returnTo=${encodeURIComponent(pathname + search)}`;
}

function Head({ name, isAdmin }: { name: string | null; isAdmin: boolean }) {
  const signOut = useSignOut();
  const { pathname } = usePlace();
  return (
    <>
      <Link to="/settings/integrations" className="brand"><img src={icon} alt="" />{texts.app.name}</Link>
      <nav aria-label={texts.app.menu}>
        <ul className="menu">
          <li className="menu-group">
            <span id="menu-settings">{texts.app.settings}</span>
            <ul className="menu" aria-labelledby="menu-settings">
              <li><Link to="/settings/integrations" aria-current={isIntegrations(pathname) ? 'page' : undefined}>{texts.app.integrations}</Link></li>
              <li><MenuLink to="/account">{texts.app.account}</MenuLink></li>
              {isAdmin && <li><MenuLink to="/settings/installation">{texts.app.installation}</MenuLink></li>}
            </ul>
          </li>
          <li><Link to="/activity" aria-current={isActivity(pathname) ? 'page' : undefined}>{texts.app.activity}</Link></li>
        </ul>
      </nav>
      {name && (
        <div className="frame-person">
          <span className="ui-wrap">{name}</span>
          <Button variant="default" size="xs" loading={signOut.pending} onClick={() => void signOut.run()}>{texts.app.signOut}</Button>
        </div>
      )}
      {signOut.failure && <Notice tone="bad" role="alert">{texts.app.signOutFailed}</Notice>}
    </>
  );
}

/** Deliveries and jobs have addresses of their own, which people pass on, and belong to the activity. */
function isActivity(pathname: string): boolean {
  return /^\/(activity|deliveries|jobs)(\/|$)/.test(pathname);
}

/** A connection belongs to its integration. */
function isIntegrations(pathname: string): boolean {
  return /^\/settings\/(integrations|connections)(\/|$)/.test(pathname);
}

function SignedOutHead({ signInHere }: { signInHere: string }) {
  return (
    <>
      <span className="brand"><img src={icon} alt="" />{texts.app.name}</span>
      <div className="frame-person"><Link {...buttonLook({ variant: 'default', size: 'xs' })} to={signInHere}>{texts.signIn.title}</Link></div>
    </>
  );
}
