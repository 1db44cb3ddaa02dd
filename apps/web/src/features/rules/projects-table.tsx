import { TextInput } from '@mantine/core';
import { Button, useAnnounce } from '@openhands-jira/ui';
import { useEffect, useRef } from 'react';
import { rulesTexts as t } from '../../texts-of-rules.js';
import { emptyProject, type ProjectDraft } from './rules-draft.js';
import { fieldId, type RulesForm } from './use-rules-form.js';

type Part = Exclude<keyof ProjectDraft, 'id'>;

const PARTS: Part[] = ['key', 'defaultRepository', 'labels', 'statuses', 'fields'];

/** Projects with rules of their own: one line each, typed in place. */
export function ProjectsTable({ form: { draft: { projects }, errors, change } }: { form: RulesForm }) {
  const announce = useAnnounce();
  const add = useAddProject(projects, change);
  const setPart = (row: number, part: Part, value: string) => change({ projects: projects.map((project, place) => (place === row ? { ...project, [part]: value } : project)) });

  function remove(row: number): void {
    announce(t.removed(nameOf(projects[row]!)));
    change({ projects: projects.filter((_, place) => place !== row) });
  }

  return (
    <>
      {projects.length === 0 ? <p className="ui-muted">{t.noProjects}</p> : (
        <table className="list rules-projects" role="table">
          <caption className="ui-hidden">{t.projectsCaption}</caption>
          <thead role="rowgroup">
            <tr role="row">{Object.values(t.columns).map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}</tr>
          </thead>
          <tbody role="rowgroup">
            {projects.map((project, row) => (
              <tr role="row" key={project.id}>
                {PARTS.map((part) => (
                  <td key={part} role="cell" data-label={t.columns[part]}>
                    <TextInput id={fieldId(`projects.${row}.${part}`)} aria-label={t.cell(t.columns[part], nameOf(project))} value={project[part]} error={errors[`projects.${row}.${part}`]} onChange={(event) => setPart(row, part, event.currentTarget.value)} autoComplete="off" autoCapitalize={part === 'key' ? 'characters' : 'off'} spellCheck={false} />
                  </td>
                ))}
                <td role="cell" data-label={t.columns.action}><div><Button size="xs" variant="default" aria-label={t.removeNamed(nameOf(project))} onClick={() => remove(row)}>{t.removeProject}</Button></div></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div><Button variant="default" onClick={add}>{t.addProject}</Button></div>
    </>
  );
}

function nameOf({ key }: ProjectDraft): string {
  return key.trim().toUpperCase() || t.newProject;
}

/** Adds a line and leads to its first field. */
function useAddProject(projects: ProjectDraft[], change: RulesForm['change']): () => void {
  const added = useRef<string | null>(null);
  useEffect(() => {
    if (added.current) document.getElementById(added.current)?.focus();
    added.current = null;
  }, [projects.length]);
  return () => {
    added.current = fieldId(`projects.${projects.length}.key`);
    change({ projects: [...projects, emptyProject(Math.max(-1, ...projects.map(({ id }) => id)) + 1)] });
  };
}
