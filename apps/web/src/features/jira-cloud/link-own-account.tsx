import { Button, Notice } from '@openhands-jira/ui';
import { useLeave } from '../../lib/leave.js';
import { useAction } from '../../lib/use-action.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { beginLink } from './workspaces.js';

/** For an owner whose own Jira account is not connected, for example after taking a connection over. */
export function LinkOwnAccount({ site }: { site: string }) {
  const link = useAction(beginLink);
  const { leaving, leaveFor } = useLeave();

  async function run(): Promise<void> {
    const result = await link.run(site);
    if (result.ok) leaveFor(result.value);
  }

  return (
    <Notice tone="neutral" title={cloudTexts.linkTitle}>
      <p>{cloudTexts.linkText}</p>
      {link.failure && <p role="alert">{link.failure.message}</p>}
      <Button variant="default" loading={link.pending || leaving} onClick={() => void run()}>{cloudTexts.linkOwn}</Button>
    </Notice>
  );
}
