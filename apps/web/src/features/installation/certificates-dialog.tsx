import { Button } from '@mantine/core';
import { Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import type { RequestFailed } from '../../lib/api.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { texts } from '../../texts.js';
import { useReplaceCertificates } from './use-replace-certificates.js';

export interface CertificatesDialogProps {
  kind: 'replace' | 'remove';
  /** What is trusted instead; empty removes all. */
  pem: string;
  /** How many are listed now. */
  present: number;
  onClose: () => void;
  onDone?: (count: number) => void;
  /** Where the failure belongs when it is about the text that was pasted. Without it the dialog shows it. */
  onFailed?: (failure: RequestFailed) => void;
}

/** Asks once more, because certificates that are listed now are not trusted any more afterwards. */
export function CertificatesDialog({ kind, pem, present, onClose, onDone, onFailed }: CertificatesDialogProps) {
  const replace = useReplaceCertificates();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    const result = await replace.run(pem);
    if (!result.ok && !onFailed) return;
    onClose();
    if (!result.ok) return onFailed?.(result.failure);
    if (onDone) onDone(result.value);
    else announce(t.savedCertificates(result.value));
  }

  return (
    <Dialog title={kind === 'replace' ? t.replaceTitle : t.removeAllTitle} closing={texts.common.closing} onClose={onClose}>
      <div className="ui-stack">
        <p>{kind === 'replace' ? t.replaceText(present) : t.removeAllText}</p>
        {replace.failure && !onFailed && <Notice tone="bad" role="alert">{replace.failure.message}</Notice>}
        <div className="ui-row">
          <Button color="red" loading={replace.pending} onClick={() => void run()}>{kind === 'replace' ? t.replace : t.removeAll}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
