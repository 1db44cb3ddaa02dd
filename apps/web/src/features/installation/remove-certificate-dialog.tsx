import type { TrustedCertificate } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import { installationTexts as t } from '../../texts-of-installation.js';
import { texts } from '../../texts.js';
import { useRemoveCertificate } from './use-certificates.js';

/** Asks once more, because calls to servers that need the certificate fail afterwards. */
export function RemoveCertificateDialog({ certificate: { subject, fingerprint }, onClose }: { certificate: TrustedCertificate; onClose: () => void }) {
  const remove = useRemoveCertificate();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    const result = await remove.run(fingerprint);
    if (!result.ok) return;
    announce(t.savedCertificates(result.value));
    onClose();
  }

  return (
    <Dialog title={t.removeCertificateTitle} closing={texts.common.closing} onClose={onClose}>
      <div className="ui-stack">
        <p className="ui-wrap">{subject}</p>
        <p>{t.removeCertificateText}</p>
        {remove.failure && <Notice tone="bad" role="alert">{remove.failure.message}</Notice>}
        <div className="ui-row">
          <Button variant="danger" loading={remove.pending} onClick={() => void run()}>{t.removeCertificate}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
