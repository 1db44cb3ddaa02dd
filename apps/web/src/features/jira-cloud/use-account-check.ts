import type { UseFormReturnType } from '@mantine/form';
import { CheckServiceAccount, type ServiceAccountCheck } from '@openhands-jira/contracts';
import { useAnnounce } from '@openhands-jira/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { cloudTexts } from '../../texts-of-cloud.js';
import { type Credentials, CREDENTIAL_LABELS } from './credential-fields.js';
import { checkAccount } from './workspaces.js';

/** How the service account in the form was found. `skipped`: the question had no answer; the server asks again at the end. */
export type AccountCheckState =
  | { kind: 'idle' | 'checking' | 'skipped' }
  | { kind: 'passed'; found: string[] }
  /** Only for what belongs to no field of this form; everything else stands at its field. */
  | { kind: 'failed'; message: string };

type CredentialForm = UseFormReturnType<Credentials & { site: string }>;

/** A pause in typing of this length counts as done, in milliseconds. */
const PAUSE_MS = 1_000;
const CHECKED = ['site', 'serviceAccountEmail', 'serviceAccountApiToken'];
const IDLE: AccountCheckState = { kind: 'idle' };

/**
 * Tries the account as soon as address and token are complete and typing has paused. The token goes into one request and is kept
 * nowhere but in its field. `hasSiteField`: a failure of the site has a field of its own to stand at.
 */
export function useAccountCheck(form: CredentialForm, site: string | null, hasSiteField: boolean): AccountCheckState {
  const { serviceAccountEmail, serviceAccountApiToken } = form.values;
  const account = useMemo(() => {
    const read = CheckServiceAccount.safeParse({ site: site ?? '', serviceAccountEmail, serviceAccountApiToken });
    return read.success ? read.data : null;
  }, [site, serviceAccountEmail, serviceAccountApiToken]);
  const [seen, setSeen] = useState<{ account: CheckServiceAccount; state: AccountCheckState } | null>(null);
  const announce = useAnnounce();
  // The form is another object at each drawing; the check begins anew only when its values change.
  const latest = useRef({ form, announce, hasSiteField });
  useEffect(() => void (latest.current = { form, announce, hasSiteField }));

  useEffect(() => {
    if (!account) return;
    const ended = new AbortController();
    const keep = (state: AccountCheckState): void => { if (!ended.signal.aborted) setSeen({ account, state }); };
    const timer = setTimeout(() => {
      keep({ kind: 'checking' });
      checkAccount(account, ended.signal).then((result) => keep(ended.signal.aborted ? IDLE : show(result, latest.current)), () => keep({ kind: 'skipped' }));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [account]);

  // What was found about former values says nothing about these.
  return seen !== null && seen.account === account ? seen.state : IDLE;
}

function show({ failure, items }: ServiceAccountCheck, { form, announce, hasSiteField }: { form: CredentialForm; announce: (words: string) => void; hasSiteField: boolean }): AccountCheckState {
  const t = cloudTexts;
  if (!failure) {
    // What an earlier check said at a field may have been the fault of another one.
    for (const name of CHECKED) form.clearFieldError(name);
    announce(t.checkPassedAnnounce);
    return { kind: 'passed', found: items.map(({ detail }) => detail) };
  }
  if (failure.path === 'site' && !hasSiteField) return { kind: 'failed', message: failure.message };
  form.setFieldError(failure.path, failure.message);
  announce(t.checkFailedAnnounce(failure.path === 'site' ? t.workspace : CREDENTIAL_LABELS[failure.path]));
  return IDLE;
}
