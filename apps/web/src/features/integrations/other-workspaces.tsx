import type { OtherConnection } from '@openhands-jira/contracts';
import { StatusBadge } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { texts } from '../../texts.js';
import { toneOf, wordOf } from './integrations.js';

/** Who belongs to several workspaces finds the others here: how each stands, and the way to it. */
export function OtherWorkspaces({ others }: { others: OtherConnection[] }) {
  return (
    <ul className="ui-plain-list ui-stack" aria-label={texts.integrations.others}>
      {others.map((other) => (
        <li key={other.connection.id} className="ui-row">
          <Link to={`/settings/integrations/${other.connection.product}?connection=${other.connection.id}`} aria-label={texts.integrations.openOther(other.connection.site)}>{other.connection.site}</Link>
          <StatusBadge tone={toneOf(other)} icon={other.state === 'paused' ? 'pause' : undefined}>{wordOf(other)}</StatusBadge>
        </li>
      ))}
    </ul>
  );
}
