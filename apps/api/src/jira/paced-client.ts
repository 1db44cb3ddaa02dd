/** A client whose calls go through the circuit breaker of its connection. */
import type { JiraClient } from '@openhands-jira/domain';

/** The same client; each of its calls is made by `call`, which may refuse to. */
export function pacedClient(client: JiraClient, call: <T>(work: () => Promise<T>) => Promise<T>): JiraClient {
  return {
    getIssue: (...args) => call(() => client.getIssue(...args)),
    filledFields: (...args) => call(() => client.filledFields(...args)),
    getComment: (...args) => call(() => client.getComment(...args)),
    listComments: (...args) => call(() => client.listComments(...args)),
    getChange: (...args) => call(() => client.getChange(...args)),
    listChanges: (...args) => call(() => client.listChanges(...args)),
    recentlyUpdated: (...args) => call(() => client.recentlyUpdated(...args)),
    addComment: (...args) => call(() => client.addComment(...args)),
    editComment: (...args) => call(() => client.editComment(...args)),
    deleteComment: (...args) => call(() => client.deleteComment(...args)),
    putRemoteLink: (...args) => call(() => client.putRemoteLink(...args)),
    react: (...args) => call(() => client.react(...args)),
    emailOf: (...args) => call(() => client.emailOf(...args)),
    accountsWithEmail: (...args) => call(() => client.accountsWithEmail(...args)),
  };
}
