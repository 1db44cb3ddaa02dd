import type { ApiToken } from '@openhands-jira/contracts';
import { Button, EmptyBlock, isAhead, LoadingBlock, Moment, Section, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { accountTexts } from '../../texts-of-account.js';
import { texts } from '../../texts.js';
import { apiTokensQuery } from './account.js';
import { DeleteTokenDialog } from './delete-token-dialog.js';
import { NewToken } from './new-token.js';

/** Tokens for automation: made, shown once, listed, deleted. */
export function ApiTokens() {
  const tokens = useQuery(apiTokensQuery);
  const [deleting, setDeleting] = useState<ApiToken | null>(null);
  const t = accountTexts;
  return (
    <Section title={t.tokens}>
      <p className="ui-muted">{t.tokensText}</p>
      <NewToken />
      {tokens.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {tokens.isError && <LoadFailure query={tokens} />}
      {tokens.data?.items.length === 0 && <EmptyBlock title={t.noTokens} />}
      {tokens.data && tokens.data.items.length > 0 && <TokenTable tokens={tokens.data.items} onDelete={setDeleting} />}
      {deleting && <DeleteTokenDialog token={deleting} onClose={() => setDeleting(null)} />}
    </Section>
  );
}

function TokenTable({ tokens, onDelete }: { tokens: ApiToken[]; onDelete: (token: ApiToken) => void }) {
  const { columns, ...t } = accountTexts;
  const moment = (at: string | null) => (at ? <Moment at={at} justNow={texts.common.justNow} /> : t.never);
  return (
    <table className="list" role="table">
      <caption className="ui-hidden">{t.tokensCaption}</caption>
      <thead role="rowgroup">
        <tr role="row">{Object.values(columns).map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">
        {tokens.map((token) => (
          <tr role="row" key={token.id}>
            <td role="cell" data-label={columns.name}>{token.name}</td>
            <td role="cell" data-label={columns.created}>{moment(token.createdAt)}</td>
            <td role="cell" data-label={columns.expires}><div>{moment(token.expiresAt)}{token.expiresAt !== null && !isAhead(token.expiresAt) && <div><StatusBadge tone="bad">{t.expired}</StatusBadge></div>}</div></td>
            <td role="cell" data-label={columns.used}>{moment(token.lastUsedAt)}</td>
            <td role="cell" data-label={columns.action}><Button size="xs" variant="default" aria-label={t.deleteNamed(token.name)} onClick={() => onDelete(token)}>{t.deleteToken}</Button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
