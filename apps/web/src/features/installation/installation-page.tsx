import { LoadingBlock } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { LoadFailure } from '../../app/load-failure.js';
import { NotFoundPage } from '../../app/not-found-page.js';
import { PageHead } from '../../app/page-head.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { peopleTexts } from '../../texts-of-people.js';
import { texts } from '../../texts.js';
import { ALL_LINKS, ALL_UNLINKED } from '../people/people.js';
import { PeopleList } from '../people/people-list.js';
import { UnlinkedList } from '../people/unlinked-list.js';
import { meQuery } from '../sign-in/me.js';
import { AuditList } from './audit-list.js';
import { Certificates } from './certificates.js';
import { DataCenterForm } from './data-center-form.js';
import { dataCenterSettingsQuery } from './installation.js';
import { OwnersList } from './owners-list.js';

/** Settings, Installation: what holds for everybody. For everybody else than administrators there is no such page. */
export function InstallationPage() {
  const me = useQuery(meQuery).data;
  if (!me?.isAdmin) return <NotFoundPage />;
  return (
    <>
      <PageHead title={t.title} intro={t.intro} />
      <DataCenter />
      <Certificates />
      <OwnersList me={me} />
      <PeopleList place={ALL_LINKS} title={peopleTexts.title} intro={peopleTexts.intro} />
      <UnlinkedList place={ALL_UNLINKED} />
      <AuditList />
    </>
  );
}

function DataCenter() {
  const settings = useQuery(dataCenterSettingsQuery);
  return (
    <>
      {settings.isPending && <LoadingBlock label={texts.common.loading} />}
      {settings.isError && !settings.data && <LoadFailure query={settings} />}
      {settings.data && <DataCenterForm settings={settings.data} />}
    </>
  );
}
