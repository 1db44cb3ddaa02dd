import { Button } from '@mantine/core';
import { LoadingBlock, Notice } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { NavLink, Navigate, Outlet, useLocation } from 'react-router';
import { meQuery, useSignOut } from '../features/sign-in/me.js';
import { isSignedOut } from '../lib/query.js';
import { texts } from '../texts.js';
import { ColourChoice } from './colour-choice.js';
import icon from './icon.svg';
import { LoadFailure } from './load-failure.js';

/** The frame around all screens for people who are signed in. Everybody else is sent to sign in first, and comes back. */
export function Layout() {
  const me = useQuery(meQuery);
  const { pathname, search } = useLocation();

  if (isSignedOut(me.error) && !me.data) return <Navigate to={`/sign-in?returnTo=${encodeURIComponent(pathname + search)}`} replace />;
  return (
    <>
      <a className="skip" href="#content">{texts.app.skip}</a>
      <Head name={me.data?.name ?? null} />
      <main id="content" className="frame-main" tabIndex={-1}>
        {me.isPending && <LoadingBlock label={texts.common.loading} />}
        {me.isError && !me.data && <LoadFailure query={me} />}
        {me.data && <Suspense fallback={<LoadingBlock label={texts.common.loading} />}><Outlet /></Suspense>}
      </main>
      <footer className="frame-foot">
        <span>{texts.app.colours}</span>
        <ColourChoice />
      </footer>
    </>
  );
}

function Head({ name }: { name: string | null }) {
  const signOut = useSignOut();
  return (
    <header className="frame-head">
      <div className="frame-head-row">
        <NavLink to="/settings/integrations" end className="brand" aria-current={undefined}><img src={icon} alt="" />{texts.app.name}</NavLink>
        <nav aria-label={texts.app.menu}>
          <ul className="menu">
            <li><NavLink to="/settings/integrations">{texts.app.integrations}</NavLink></li>
            <li><NavLink to="/activity">{texts.app.activity}</NavLink></li>
            <li><NavLink to="/account">{texts.app.account}</NavLink></li>
          </ul>
        </nav>
        {name && (
          <div className="frame-person">
            <span className="ui-wrap">{name}</span>
            <Button variant="default" size="xs" loading={signOut.pending} onClick={() => void signOut.run()}>{texts.app.signOut}</Button>
          </div>
        )}
        {signOut.failure && <Notice tone="bad" role="alert">{texts.app.signOutFailed}</Notice>}
      </div>
    </header>
  );
}
