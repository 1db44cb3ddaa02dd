import { Textarea, TextInput } from '@mantine/core';
import type { ConnectionRulesView } from '@openhands-jira/contracts';
import { ChoiceGroup, Section } from '@openhands-jira/ui';
import { SwitchField } from '../../app/switch-field.js';
import { rulesTexts as t } from '../../texts-of-rules.js';
import { ProjectsTable } from './projects-table.js';
import { ShadowCounts } from './shadow-counts.js';
import { fieldId, type RulesForm } from './use-rules-form.js';

const OTHERS = (['served', 'not_served'] as const).map((value) => ({ value, ...t.otherChoices[value] }));
const WHO = (['everybody_linked', 'listed'] as const).map((value) => ({ value, ...t.whoChoices[value] }));

interface PartProps {
  form: RulesForm;
  view: ConnectionRulesView;
}

/** Which projects are served, and what counts in each. */
export function ProjectRulesSection({ form }: PartProps) {
  return (
    <Section title={t.projects}>
      <p className="ui-muted">{t.projectsIntro}</p>
      <ProjectsTable form={form} />
      <ChoiceGroup label={t.otherProjects} choices={OTHERS} value={form.draft.otherProjects} onChange={(otherProjects) => form.change({ otherProjects })} />
    </Section>
  );
}

/** Where work is done, and which requests count. */
export function WorkRulesSection({ form: { draft, errors, change }, view }: PartProps) {
  return (
    <Section title={t.work}>
      <TextInput id={fieldId('defaultRepository')} label={t.defaultRepository} description={t.defaultRepositoryHelp(view.gitHosts)} value={draft.defaultRepository} error={errors['defaultRepository']} onChange={(event) => change({ defaultRepository: event.currentTarget.value })} autoComplete="off" autoCapitalize="off" spellCheck={false} />
      {(['withoutRepository', 'addressInDescription', 'replaceRunningJob'] as const).map((name) => (
        <SwitchField key={name} id={fieldId(name)} label={t[name]} help={t[`${name}Help`]} checked={draft[name]} onChange={(checked) => change({ [name]: checked })} />
      ))}
    </Section>
  );
}

/** Looking on before anything starts, and what would have come of it. */
export function ShadowSection({ form: { draft, change }, connectionId }: { form: RulesForm; connectionId: string }) {
  return (
    <Section title={t.shadowTitle}>
      <SwitchField id={fieldId('shadow')} label={t.shadow} help={t.shadowHelp} checked={draft.shadow} onChange={(shadow) => change({ shadow })} />
      <ShadowCounts connectionId={connectionId} />
    </Section>
  );
}

/** Who may ask. */
export function PeopleRulesSection({ form: { draft, errors, change } }: PartProps) {
  return (
    <Section title={t.people}>
      <ChoiceGroup label={t.who} choices={WHO} value={draft.who} onChange={(who) => change({ who })} />
      {draft.who === 'listed' && <Textarea id={fieldId('emails')} label={t.emails} description={t.emailsHelp} rows={4} value={draft.emails} error={errors['emails']} onChange={(event) => change({ emails: event.currentTarget.value })} autoComplete="off" autoCapitalize="off" spellCheck={false} />}
    </Section>
  );
}

/** Apps act in the owner's name, so nobody but the owner lets them in. */
export function AppRulesSection({ form: { draft, errors, change }, view, isDataCenter }: PartProps & { isDataCenter: boolean }) {
  const { mayChangeApps, rules: { allowedApps } } = view;
  return (
    <Section title={t.apps}>
      <p>{mayChangeApps ? t.appsIntroOwner : t.appsIntroOther}</p>
      {isDataCenter && <p>{t.appsDataCenter}</p>}
      {mayChangeApps && <Textarea id={fieldId('apps')} label={t.appsLabel} description={t.appsHelp} rows={3} value={draft.apps} error={errors['apps']} onChange={(event) => change({ apps: event.currentTarget.value })} autoComplete="off" autoCapitalize="off" spellCheck={false} />}
      {!mayChangeApps && allowedApps.length === 0 && <p className="ui-muted">{t.noApps}</p>}
      {!mayChangeApps && allowedApps.length > 0 && <ul className="how-to" aria-label={t.appsLabel}>{allowedApps.map((app) => <li key={app}>{app}</li>)}</ul>}
    </Section>
  );
}
