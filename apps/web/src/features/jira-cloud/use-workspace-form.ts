import { useForm, type UseFormReturnType } from '@mantine/form';
import { CreateWorkspace, tokenEndMistake, UpdateWorkspace } from '@openhands-jira/contracts';
import type { FieldProblem } from '@openhands-jira/ui';
import { type FocusEvent, useState } from 'react';
import type { RequestFailed } from '../../lib/api.js';
import { checkWith, type FieldErrors, placeFailure } from '../../lib/form-problems.js';
import { useAfterClick } from '../../lib/use-after-click.js';
import { useFocusOnWrong } from '../../lib/use-focus-on-wrong.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { CREDENTIAL_LABELS, type Credentials, fieldId } from './credential-fields.js';
import { expiryTime } from './expiry-date.js';

export type WorkspaceValues = Credentials & { site: string };

const LABELS: Record<keyof WorkspaceValues, string> = { site: cloudTexts.workspace, ...CREDENTIAL_LABELS };
const NAMES = Object.keys(LABELS) as (keyof WorkspaceValues)[];

/** Values as the contract for a new workspace wants them. */
export function toNewWorkspace(values: WorkspaceValues, site: string): unknown {
  return { ...values, site, serviceAccountTokenExpiresAt: expiryTime(values.serviceAccountTokenExpiresAt) };
}

/** Everything that is required for a new workspace. */
export function checkNewWorkspace(values: WorkspaceValues): FieldErrors {
  return { ...checkWith(CreateWorkspace, toNewWorkspace(values, values.site)), ...checkExpiry(values) };
}

/** Only what was typed is checked: an empty field keeps what is saved. */
export function checkChanges(values: WorkspaceValues): FieldErrors {
  const typed = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  return { ...checkWith(UpdateWorkspace, { ...typed, serviceAccountTokenExpiresAt: expiryTime(values.serviceAccountTokenExpiresAt) }), ...checkExpiry(values) };
}

function checkExpiry({ serviceAccountTokenExpiresAt }: WorkspaceValues): FieldErrors {
  const mistake = tokenEndMistake(expiryTime(serviceAccountTokenExpiresAt), new Date());
  return mistake ? { serviceAccountTokenExpiresAt: mistake } : {};
}

export interface WorkspaceForm {
  form: UseFormReturnType<WorkspaceValues>;
  /** The message that belongs to no field. */
  problem: string | null;
  /** Fields that need attention, when there are several. */
  summary: FieldProblem[];
  /** Checks everything; true when it may be sent. Moves the focus to what is wrong. */
  ready: () => boolean;
  showFailure: (failure: RequestFailed) => void;
  /** For the form's `onBlur`: checks the field that was left. */
  leaveField: (event: FocusEvent) => void;
}

/**
 * A form about a workspace. It checks a field when it is left with something in it, and everything before sending; never on
 * the first key.
 */
export function useWorkspaceForm(initialValues: WorkspaceValues, check: (values: WorkspaceValues) => FieldErrors): WorkspaceForm {
  const form = useForm<WorkspaceValues>({ initialValues, validate: check });
  const afterClick = useAfterClick();
  const [problem, setProblem] = useState<string | null>(null);
  const wrong = NAMES.filter((name) => form.errors[name]);
  const focusWrong = useFocusOnWrong(wrong, fieldId);

  function ready(): boolean {
    setProblem(null);
    const { hasErrors } = form.validate();
    if (hasErrors) focusWrong();
    return !hasErrors;
  }

  function showFailure(failure: RequestFailed): void {
    const placed = placeFailure(failure, NAMES);
    form.setErrors(placed.fields);
    setProblem(placed.form);
    focusWrong();
  }

  function leaveField({ target }: FocusEvent): void {
    const name = NAMES.find((one) => fieldId(one) === target.id);
    if (name && form.values[name] !== '') afterClick(() => void form.validateField(name));
  }

  return {
    form, problem, ready, showFailure, leaveField,
    summary: wrong.length > 1 ? wrong.map((name) => ({ fieldId: fieldId(name), label: LABELS[name] })) : [],
  };
}
