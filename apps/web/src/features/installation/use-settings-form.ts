import { useForm, type UseFormReturnType } from '@mantine/form';
import { DATA_CENTER_FIELDS, type DataCenterConfiguration, UpdateDataCenterConfiguration } from '@openhands-jira/contracts';
import type { FieldProblem } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { type FocusEvent, type FormEvent, useState } from 'react';
import { placeFailure } from '../../lib/form-problems.js';
import { useAction } from '../../lib/use-action.js';
import { useAfterClick } from '../../lib/use-after-click.js';
import { useFocusOnWrong } from '../../lib/use-focus-on-wrong.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { integrationsQuery } from '../integrations/integrations.js';
import { auditQuery, dataCenterSettingsQuery, saveDataCenterSettings } from './installation.js';
import { changesOf, checkSettings, savedValues, type SettingsValues } from './settings-values.js';

/** The id of a field's element, for summaries and for moving the focus. */
export const fieldId = (name: string): string => `installation-${name}`;

export interface SettingsForm {
  form: UseFormReturnType<SettingsValues>;
  /** The message that belongs to no field. */
  problem: string | null;
  /** What became of the last "Save". */
  said: string | null;
  summary: FieldProblem[];
  pending: boolean;
  hasChanges: boolean;
  submit: (event: FormEvent) => Promise<void>;
  /** For the form's `onBlur`: checks the field that was left. */
  leaveField: (event: FocusEvent) => void;
}

/** The form of the Jira Data Center settings. After saving it shows what the server says that counts now. */
export function useSettingsForm(settings: DataCenterConfiguration): SettingsForm {
  const form = useForm<SettingsValues>({ initialValues: savedValues(settings), validate: (values) => checkSettings(settings, values) });
  const save = useAction(saveDataCenterSettings);
  const keep = useSaved();
  const afterClick = useAfterClick();
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const wrong = DATA_CENTER_FIELDS.filter((name) => form.errors[name]);
  const focusWrong = useFocusOnWrong(wrong, fieldId);
  const changes = changesOf(settings, form.values);
  const hasChanges = Object.keys(changes).length > 0;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setProblem(null);
    setSaid(null);
    if (form.validate().hasErrors) return focusWrong();
    if (!hasChanges) return setSaid(t.nothingChanged);
    const result = await save.run(UpdateDataCenterConfiguration.parse(changes));
    if (!result.ok) {
      const placed = placeFailure(result.failure, DATA_CENTER_FIELDS);
      form.setErrors(placed.fields);
      setProblem(placed.form);
      return focusWrong();
    }
    form.setValues(savedValues(result.value));
    await keep(result.value);
    setSaid(t.saved);
  }

  function leaveField({ target }: FocusEvent): void {
    const name = DATA_CENTER_FIELDS.find((one) => fieldId(one) === target.id);
    if (name && form.values[name] !== '') afterClick(() => void form.validateField(name));
  }

  return {
    form, problem, said, submit, leaveField, hasChanges, pending: save.pending,
    summary: wrong.length > 1 ? wrong.map((name) => ({ fieldId: fieldId(name), label: t.labels[name] })) : [],
  };
}

/** Keeps the answer as what is saved now, and asks again for what depends on it. */
function useSaved(): (settings: DataCenterConfiguration) => Promise<void> {
  const queries = useQueryClient();
  return async (settings) => {
    queries.setQueryData(dataCenterSettingsQuery.queryKey, settings);
    await Promise.all([integrationsQuery, auditQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
  };
}
