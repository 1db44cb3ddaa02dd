import fc from 'fast-check';
import { readCloudEvent, siteOfPayload } from './jira-cloud.payload.js';

const author = { accountId: '712020:a1', displayName: 'Alex Example', accountType: 'atlassian', active: true };
const editor = { accountId: '712020:b2', displayName: 'Bea Example', accountType: 'atlassian' };

function commentPayload(changes: Record<string, unknown> = {}, comment: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    timestamp: 1760000000000,
    webhookEvent: 'comment_created',
    comment: {
      self: 'https://acme.atlassian.net/rest/api/2/issue/10042/comment/10077',
      id: '10077', author, updateAuthor: author, body: '@openhands please look',
      created: '2025-10-09T08:53:20.000+0000', updated: '2025-10-09T08:53:20.000+0000', jsdPublic: true, ...comment,
    },
    issue: { id: '10042', self: 'https://acme.atlassian.net/rest/api/2/10042', key: 'SHOP-12', fields: { summary: 'Cart', project: { key: 'SHOP' } } },
    eventType: 'primaryAction',
    ...changes,
  };
}

function labelPayload(item: Record<string, unknown>, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_updated', user: author,
    issue: { id: '10042', key: 'SHOP-12', fields: { labels: ['openhands', 'ui'] } },
    changelog: { id: '10901', items: [item] },
    ...changes,
  };
}

describe('A Cloud comment', () => {
  it('names its author as the one who acted, although the payload has no user', () => {
    expect(readCloudEvent(commentPayload())).toEqual({
      kind: 'comment_created',
      name: 'comment_created',
      issue: { id: '10042', key: 'SHOP-12', projectKey: 'SHOP' },
      actor: { id: '712020:a1', displayName: 'Alex Example', kind: 'person' },
      comment: {
        id: '10077',
        body: '@openhands please look',
        author: { id: '712020:a1', displayName: 'Alex Example', kind: 'person' },
        audience: { visibility: null, internal: false },
        updated: '2025-10-09T08:53:20.000+0000',
        ours: false,
      },
      labels: [],
      summary: 'Cart',
      description: '',
      changelogId: null,
      changelog: [],
      timestamp: '1760000000000',
    });
  });

  it('names the one who edited as the actor of an edit', () => {
    const event = readCloudEvent(commentPayload({ webhookEvent: 'comment_updated' }, { updateAuthor: editor }));
    expect(event).toMatchObject({ kind: 'comment_edited', actor: { id: '712020:b2' }, comment: { author: { id: '712020:a1' } } });
  });

  it('names nobody when a comment was deleted, because Cloud does not tell', () => {
    expect(readCloudEvent(commentPayload({ webhookEvent: 'comment_deleted' }))).toMatchObject({ kind: 'comment_deleted', actor: null });
  });

  it('keeps the restriction of a comment and the mark of an internal note', () => {
    const visibility = { type: 'role', value: 'Developers', identifier: '10001' };
    expect(readCloudEvent(commentPayload({}, { visibility, jsdPublic: false }))?.comment?.audience).toEqual({ visibility, internal: true });
  });

  it('is recognised as ours by its property', () => {
    const properties = [{ key: 'openhands', value: { v: 1, key: 'job:1:status', jobId: '1', kind: 'status' } }];
    expect(readCloudEvent(commentPayload({}, { properties }))?.comment?.ours).toBe(true);
  });

  it.each([
    ['a comment without an id', commentPayload({}, { id: undefined, self: undefined })],
    ['no comment at all', commentPayload({ comment: undefined })],
    ['no issue anywhere', commentPayload({ issue: undefined }, { self: undefined })],
  ])('is of no use with %s', (_, payload) => {
    expect(readCloudEvent(payload)?.kind).toBe('other');
  });

  it.each([
    ['missing', undefined], ['null', null], ['a number', 7], ['a document', { type: 'doc' }],
  ])('has an empty text when its body is %s', (_, body) => {
    expect(readCloudEvent(commentPayload({}, { body }))?.comment?.body).toBe('');
  });

  it('takes the ids from the address of the comment when the issue is missing', () => {
    expect(readCloudEvent(commentPayload({ issue: undefined }))?.issue).toEqual({ id: '10042', key: null, projectKey: null });
  });
});

describe('An update of an issue', () => {
  it('keeps the whole label lists of the changelog', () => {
    const item = { field: 'labels', fieldtype: 'jira', fieldId: 'labels', from: null, fromString: 'bad test-label', to: null, toString: 'sad test-label' };
    expect(readCloudEvent(labelPayload(item))).toMatchObject({
      kind: 'issue_updated', name: 'jira:issue_updated / issue_updated', actor: { id: '712020:a1' }, changelogId: '10901', labels: ['openhands', 'ui'],
      changelog: [{ field: 'labels', fieldId: 'labels', fieldtype: 'jira', fromString: 'bad test-label', toText: 'sad test-label' }],
    });
  });

  it('does not mistake the inherited toString for a text', () => {
    expect(readCloudEvent(labelPayload({ field: 'labels' }))?.changelog).toEqual([{ field: 'labels', fromString: '', toText: '' }]);
  });

  it.each([
    ['issue_commented with the comment', 'issue_commented', {}, 'comment_created'],
    ['issue_comment_edited with the comment', 'issue_comment_edited', {}, 'comment_edited'],
    ['no type name and a fresh comment', undefined, {}, 'comment_created'],
    ['no type name and an edited comment', undefined, { updated: '2025-10-09T09:00:00.000+0000' }, 'comment_edited'],
  ])('speaks of a comment when it has %s', (_, typeName, comment, kind) => {
    expect(readCloudEvent(commentPayload({ webhookEvent: 'jira:issue_updated', issue_event_type_name: typeName }, comment))?.kind).toBe(kind);
  });

  it.each([
    ['issue_commented without the comment', { issue_event_type_name: 'issue_commented' }],
    ['a deleted comment that is not named', { issue_event_type_name: 'issue_comment_deleted' }],
    ['no type name', { issue_event_type_name: undefined }],
    ['an unknown type name', { issue_event_type_name: 'toString' }],
    ['no changelog', { changelog: undefined }],
  ])('stays an update with %s', (_, changes) => {
    expect(readCloudEvent(labelPayload({ field: 'labels' }, changes))).toMatchObject({ kind: 'issue_updated', comment: null });
  });
});

describe('Any payload', () => {
  it.each([
    ['jira:issue_created', 'issue_created'], ['jira:issue_deleted', 'issue_deleted'], ['jira:worklog_updated', 'other'],
    ['issuelink_created', 'other'], ['constructor', 'other'],
  ])('of the event %s is of the kind %s', (webhookEvent, kind) => {
    expect(readCloudEvent(labelPayload({}, { webhookEvent }))?.kind).toBe(kind);
  });

  it.each([
    ['a list', []], ['a text', 'comment_created'], ['nothing', null], ['no event name', { comment: {} }], ['an event name that is a list', { webhookEvent: ['x'] }],
  ])('is no Jira event when it is %s', (_, payload) => {
    expect(readCloudEvent(payload)).toBeNull();
  });

  it.each([[1550286678321, '1550286678321'], ['2019-02-15', '2019-02-15'], [undefined, null]])('may have the timestamp %s', (timestamp, read) => {
    expect(readCloudEvent(commentPayload({ timestamp }))?.timestamp).toBe(read);
  });

  it('is read without ever throwing', () => {
    const names = fc.constantFrom('comment_created', 'comment_updated', 'jira:issue_updated', 'jira:issue_created', 'x');
    const payload = fc.record({
      webhookEvent: names, issue_event_type_name: fc.anything(), comment: fc.anything(), issue: fc.anything(), user: fc.anything(), changelog: fc.anything(), timestamp: fc.anything(),
    }, { requiredKeys: ['webhookEvent'] });
    fc.assert(fc.property(payload, (body) => {
      const event = readCloudEvent(body);
      expect(typeof event?.kind).toBe('string');
      siteOfPayload(body);
    }));
  });

  it('tells the site by its addresses', () => {
    expect(siteOfPayload(commentPayload())).toBe('acme.atlassian.net');
    expect(siteOfPayload(labelPayload({}, { user: { self: 'https://ACME.atlassian.net/rest/api/2/user' } }))).toBe('acme.atlassian.net');
    expect(siteOfPayload({ webhookEvent: 'project_created' })).toBeNull();
  });
});
