import type { Connection } from '@openhands-jira/contracts';
import { Notice } from '@openhands-jira/ui';
import { useState } from 'react';
import { tokenWarning } from './integrations.js';

/** Reminds the owner before the service account's token ends. */
export function TokenNotice({ connection }: { connection: Connection }) {
  const [now] = useState(() => new Date());
  const warning = tokenWarning(connection, now);
  return warning && <Notice tone={warning.tone}>{warning.text}</Notice>;
}
