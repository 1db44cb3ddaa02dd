import type { ConnectionRulesView } from '@openhands-jira/contracts';
import { Button, ErrorSummary, LoadingBlock, Notice } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, usePathValues } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { NotFoundPage } from '../../app/not-found-page.js';
import { PageHead } from '../../app/page-head.js';
import { isNotFound } from '../../lib/query.js';
import { rulesTexts as t } from '../../texts-of-rules.js';
import { texts } from '../../texts.js';
import { overviewQuery } from '../deliveries/deliveries.js';
import { AppRulesSection, PeopleRulesSection, ProjectRulesSection, ShadowSection, WorkRulesSection } from './rule-sections.js';
import { RulesExamples, useRulesPreview } from './rules-preview.js';
import { rulesQuery } from './rules.js';
import { fieldId, type RulesForm, useRulesForm } from './use-rules-form.js';

/** The rules of one connection, for its owner and administrators; for everybody else there is no such page. */
export function RulesPage() {
  const { id = '' } = usePathValues();
  const rules = useQuery(rulesQuery(id));
  const connection = useQuery(overviewQuery(false)).data?.connections.find((one) => one.id === id);
  if (isNotFound(rules.error)) return <NotFoundPage />;
  return (
    <>
      {connection && <p><Link className="back-link" to={`/settings/integrations/${connection.product}`}>{t.back}</Link></p>}
      <PageHead title={t.title} intro={connection ? t.intro(connection.site) : t.introUnknown} />
      {rules.isPending && <LoadingBlock label={texts.common.loading} />}
      {rules.isError && !rules.data && <LoadFailure query={rules} />}
      {rules.data && <RulesEditor key={id} connectionId={id} view={rules.data} isDataCenter={connection?.product === 'jira-data-center'} />}
    </>
  );
}

function RulesEditor({ connectionId, view, isDataCenter }: { connectionId: string; view: ConnectionRulesView; isDataCenter: boolean }) {
  const form = useRulesForm(connectionId, view.rules);
  const { sentence, preview } = useRulesPreview(connectionId, form.unsaved);
  const wrong = Object.keys(form.errors);
  return (
    <form noValidate className="ui-stack" onBlur={form.leaveField} onSubmit={(event) => void form.submit(event)}>
      {form.isFromBefore && <Notice tone="neutral" role="status">{t.kept}</Notice>}
      {wrong.length > 1 && <ErrorSummary title={texts.common.checkFields} problems={wrong.map((name) => ({ fieldId: fieldId(name), label: labelOf(form, name) }))} />}
      <ProjectRulesSection form={form} view={view} />
      <WorkRulesSection form={form} view={view} />
      <PeopleRulesSection form={form} view={view} />
      <AppRulesSection form={form} view={view} isDataCenter={isDataCenter} />
      <ShadowSection form={form} connectionId={connectionId} />
      {preview && <RulesExamples preview={preview} />}
      <SaveBar form={form} sentence={sentence} />
    </form>
  );
}

/** Always in sight: saving, and what it would change. */
function SaveBar({ form, sentence }: { form: RulesForm; sentence: string | null }) {
  return (
    <div className="save-bar">
      {form.problem && <Notice tone="bad" role="alert">{form.problem}</Notice>}
      <div className="ui-row">
        <Button type="submit" loading={form.pending}>{t.save}</Button>
        {form.hasChanges && <Button variant="default" onClick={form.discard}>{t.discard}</Button>}
        <p role="status" className="save-bar-words">{form.said ?? (form.hasChanges ? `${t.unsaved} ${sentence ?? ''}` : '')}</p>
      </div>
    </div>
  );
}

/** `projects.3.labels` is called "Labels of SHOP". */
function labelOf({ draft }: RulesForm, name: string): string {
  const [part, row, column] = name.split('.');
  if (part === 'projects' && row && column) return t.cell(t.columns[column as keyof typeof t.columns], draft.projects[Number(row)]?.key.trim().toUpperCase() || t.newProject);
  return { defaultRepository: t.defaultRepository, emails: t.emails, apps: t.appsLabel }[name] ?? name;
}
