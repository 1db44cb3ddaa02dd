import { Notice } from './notice.js';

export interface FieldProblem {
  /** The id of the field's element. */
  fieldId: string;
  label: string;
}

/** Several fields need attention: their names, as ways to jump there. What is wrong stands at each field. */
export function ErrorSummary({ title, problems }: { title: string; problems: FieldProblem[] }) {
  return (
    <Notice tone="bad" title={title} role="alert">
      <ul className="ui-plain-list">
        {problems.map(({ fieldId, label }) => (
          <li key={fieldId}>
            <a href={`#${fieldId}`} onClick={(event) => { event.preventDefault(); document.getElementById(fieldId)?.focus(); }}>{label}</a>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
