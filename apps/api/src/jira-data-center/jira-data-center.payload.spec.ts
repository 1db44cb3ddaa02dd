import fc from 'fast-check';
import { readDataCenterEvent } from './jira-data-center.payload.js';

const ben = { self: 'https://jira.example.com/jira/rest/api/2/user?username=ben', name: 'ben', key: 'JIRAUSER10102', emailAddress: 'ben@example.com', displayName: 'Ben Builder', active: true };
const ada = { ...ben, name: 'ada', key: 'ada', displayName: 'Ada Admin' };
const written = {
  self: 'https://jira.example.com/jira/rest/api/2/issue/10042/comment/10077', id: '10077', author: ben, updateAuthor: ben, body: 'Hello\r\n@openhands please look',
  created: '2026-10-09T08:53:20.000+0000', updated: '2026-10-09T08:53:20.000+0000',
};
const issue = { id: '10042', self: 'https://jira.example.com/jira/rest/api/2/issue/10042', key: 'SHOP-12', fields: { summary: 'Cart', labels: ['cart'], project: { key: 'SHOP' } } };

const alone = { timestamp: 1559607317234, webhookEvent: 'comment_created', comment: written };
const withIssue = { timestamp: 1559607317244, webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_commented', user: ben, issue, comment: written };
const tenOrLater = { ...alone, issue };

describe('A Data Center comment', () => {
  it('is understood without its issue: both ids are in its own address', () => {
    expect(readDataCenterEvent(alone)).toEqual({
      kind: 'comment_created',
      name: 'comment_created',
      issue: { id: '10042', key: null, projectKey: null },
      actor: { id: 'JIRAUSER10102', name: 'ben', displayName: 'Ben Builder', emailAddress: 'ben@example.com', kind: 'person' },
      comment: {
        id: '10077',
        body: 'Hello\r\n@openhands please look',
        author: { id: 'JIRAUSER10102', name: 'ben', displayName: 'Ben Builder', emailAddress: 'ben@example.com', kind: 'person' },
        audience: { visibility: null, internal: false },
        updated: '2026-10-09T08:53:20.000+0000',
        ours: false,
      },
      labels: [],
      summary: '',
      description: '',
      changelogId: null,
      changelog: [],
      timestamp: '1559607317234',
    });
  });

  it.each([
    ['comment_created alone', alone, null],
    ['comment_created with the issue', tenOrLater, 'SHOP-12'],
    ['jira:issue_updated / issue_commented', withIssue, 'SHOP-12'],
    ['jira:issue_updated of an old server, without a type name', { ...withIssue, issue_event_type_name: undefined }, 'SHOP-12'],
  ])('says the same as %s', (_, payload, key) => {
    expect(readDataCenterEvent(payload)).toMatchObject({ kind: 'comment_created', issue: { id: '10042', key }, actor: { id: 'JIRAUSER10102' }, comment: { id: '10077' } });
  });

  it.each([
    ['comment_updated', { ...alone, webhookEvent: 'comment_updated', user: ada }],
    ['jira:issue_updated / issue_comment_edited', { ...withIssue, issue_event_type_name: 'issue_comment_edited', user: ada }],
  ])('names the one who edited it, in %s', (_, payload) => {
    expect(readDataCenterEvent(payload)).toMatchObject({ kind: 'comment_edited', actor: { id: 'ada' }, comment: { author: { id: 'JIRAUSER10102' } } });
  });

  it('is known by its ids when it was deleted', () => {
    expect(readDataCenterEvent({ ...alone, webhookEvent: 'comment_deleted', user: ada })).toMatchObject({ kind: 'comment_deleted', issue: { id: '10042' }, comment: { id: '10077' }, actor: { id: 'ada' } });
  });

  it.each([
    ['without key and name, as some servers send', { self: ben.self, displayName: 'Ben Builder', active: 'true' }, { id: '', displayName: 'Ben Builder', kind: 'person' }],
    ['without a display name', { key: 'JIRAUSER10102', name: 'ben' }, { id: 'JIRAUSER10102', name: 'ben', displayName: 'ben', kind: 'person' }],
  ])('has an author %s', (_, author, actor) => {
    expect(readDataCenterEvent({ ...alone, comment: { ...written, author } })?.actor).toEqual(actor);
  });

  it('is of no use when its address does not name the issue', () => {
    expect(readDataCenterEvent({ ...alone, comment: { ...written, self: 'https://jira.example.com/rest/api/2/comment/10077' } })?.kind).toBe('other');
  });
});

describe('A Data Center change', () => {
  const item = { field: 'labels', fieldtype: 'jira', from: null, fromString: 'cart', to: null, toString: 'cart openhands' };

  it('is read from items without a fieldId', () => {
    const payload = { webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_updated', user: ben, issue, changelog: { id: '10901', items: [item] } };
    expect(readDataCenterEvent(payload)).toMatchObject({
      kind: 'issue_updated', changelogId: '10901', actor: { id: 'JIRAUSER10102' }, comment: null,
      changelog: [{ field: 'labels', fieldtype: 'jira', fromString: 'cart', toText: 'cart openhands' }],
    });
  });

  it.each([
    ['"commented" without the comment', { ...withIssue, comment: undefined }, 'issue_updated'],
    ['"comment deleted" without the comment', { ...withIssue, issue_event_type_name: 'issue_comment_deleted', comment: undefined }, 'issue_updated'],
    ['a closed issue', { ...withIssue, issue_event_type_name: 'issue_closed', comment: undefined }, 'issue_updated'],
    ['a work log', { webhookEvent: 'worklog_created', worklog: { issueId: '10042' } }, 'other'],
    ['a new issue', { webhookEvent: 'jira:issue_created', user: ben, issue }, 'issue_created'],
    ['a deleted issue', { webhookEvent: 'jira:issue_deleted', user: ben, issue }, 'issue_deleted'],
  ])('is read from %s', (_, payload, kind) => {
    expect(readDataCenterEvent(payload)?.kind).toBe(kind);
  });
});

it('Reading never throws, whatever comes', () => {
  fc.assert(fc.property(fc.anything(), fc.anything(), fc.anything(), (comment, user, changelog) => {
    expect(() => readDataCenterEvent({ webhookEvent: 'comment_created', comment, user, issue: comment, changelog })).not.toThrow();
    expect(() => readDataCenterEvent(comment)).not.toThrow();
  }));
});
