import type { TrustedCertificate, TrustedCertificateList } from '@openhands-jira/contracts';
import { Button, EmptyBlock, Facts, LoadingBlock, Moment, Section, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { texts } from '../../texts.js';
import { CertificatesForm } from './certificates-form.js';
import { certificatesQuery } from './installation.js';
import { RemoveCertificateDialog } from './remove-certificate-dialog.js';

/** Additional Trusted CA Certificates: what is trusted, adding more and removing one. */
export function Certificates() {
  const certificates = useQuery(certificatesQuery);
  return (
    <Section title={t.certificates}>
      <p className="ui-muted">{t.certificatesIntro}</p>
      {certificates.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {certificates.isError && !certificates.data && <LoadFailure query={certificates} />}
      {certificates.data && <CertificatesView list={certificates.data} />}
    </Section>
  );
}

function CertificatesView({ list: { items, managedBy } }: { list: TrustedCertificateList }) {
  const [removing, setRemoving] = useState<TrustedCertificate | null>(null);
  const own = managedBy === 'app';
  return (
    <>
      {items.length === 0 && <EmptyBlock title={t.noCertificates} />}
      {items.length > 0 && <ul className="certificates" aria-label={t.certificates}>{items.map((one) => <Certificate key={one.fingerprint} certificate={one} onRemove={own ? setRemoving : null} />)}</ul>}
      {own ? <CertificatesForm /> : <p>{t.certificatesFromEnvironment}</p>}
      {removing && <RemoveCertificateDialog certificate={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function Certificate({ certificate, onRemove }: { certificate: TrustedCertificate; onRemove: ((certificate: TrustedCertificate) => void) | null }) {
  const { subject, issuer, notAfter, fingerprint, isCa } = certificate;
  const [now] = useState(() => Date.now());
  const isOver = Date.parse(notAfter) < now;
  return (
    <li>
      <div className="ui-row">
        <strong className="ui-wrap">{subject}</strong>
        <StatusBadge tone="neutral" icon="info">{isCa ? t.isCa : t.isServer}</StatusBadge>
        {isOver && <StatusBadge tone="bad">{t.expired}</StatusBadge>}
      </div>
      <Facts items={[{ name: t.issuer, value: issuer }, { name: t.expires, value: <Moment at={notAfter} justNow={texts.common.justNow} /> }, { name: t.fingerprint, value: <span className="mono">{fingerprint}</span> }]} />
      {onRemove && <div><Button size="xs" variant="default" aria-label={t.removeCertificateNamed(subject)} onClick={() => onRemove(certificate)}>{t.removeCertificate}</Button></div>}
    </li>
  );
}
