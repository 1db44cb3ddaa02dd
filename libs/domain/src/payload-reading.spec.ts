import fc from 'fast-check';
import { audienceOf, changelogItemsOf, eventKindOf, idsInSelf, propertyOf, shapeOf, textOf, wordsOf } from './payload-reading.js';

describe('a piece of a payload', () => {
  it('gives ids as text, whether they are numbers or strings, and never what an object inherits', () => {
    expect(textOf({ id: 10042 }, 'id')).toBe('10042');
    expect(textOf({ id: '10042' }, 'id')).toBe('10042');
    expect(textOf({}, 'toString')).toBeNull();
    expect(textOf({ id: { nested: true } }, 'id')).toBeNull();
  });

  it.each([
    ['https://jira.example.com/jira/rest/api/2/issue/10/comment/77', { issueId: '10', commentId: '77' }],
    ['https://elsewhere.example/rest/api/2/issue/10/comment/77', { issueId: '10', commentId: '77' }],
    ['https://jira.example.com/rest/api/2/10/comment/77', null],
    ['https://jira.example.com/rest/api/2/issue/10/comment/77/properties', null],
    [null, null],
  ])('finds both ids in the address of a comment: %j', (self, expected) => {
    expect(idsInSelf({ self })).toEqual(expected);
  });

  it('tells who may read a comment', () => {
    expect(audienceOf({ visibility: { type: 'role', value: 'Developers', identifier: '10' }, jsdPublic: true })).toEqual({ visibility: { type: 'role', value: 'Developers', identifier: '10' }, internal: false });
    expect(audienceOf({ jsdPublic: 'false' })).toEqual({ visibility: null, internal: true });
    expect(audienceOf({ visibility: null })).toEqual({ visibility: null, internal: false });
  });

  it.each([{ type: 'team', value: 'Blue' }, { type: 'ROLE', value: 'Developers' }, { value: 'Developers' }, { type: 'role' }, { type: 'group', value: '' }, {}, [], 'everybody', false])('takes a restriction that it cannot read for one: %j', (visibility) => {
    expect(audienceOf({ visibility }).visibility).toMatchObject({ type: 'unknown' });
  });

  it('finds a comment property by its key', () => {
    expect(propertyOf({ properties: [null, { key: 'x', value: 1 }, { key: 'openhands', value: { v: 1 } }] }, 'openhands')).toEqual({ v: 1 });
    expect(propertyOf({ properties: 'none' }, 'openhands')).toBeUndefined();
  });
});

describe('the kind of an event', () => {
  const comment = { created: '2026-01-01', updated: '2026-01-01' };
  it.each([
    [{ webhookEvent: 'comment_created' }, 'comment_created'],
    [{ webhookEvent: 'comment_updated' }, 'comment_edited'],
    [{ webhookEvent: 'comment_deleted' }, 'comment_deleted'],
    [{ webhookEvent: 'jira:issue_created' }, 'issue_created'],
    [{ webhookEvent: 'jira:issue_deleted' }, 'issue_deleted'],
    [{ webhookEvent: 'jira:issue_updated' }, 'issue_updated'],
    [{ webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_commented', comment }, 'comment_created'],
    [{ webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_comment_edited', comment }, 'comment_edited'],
    [{ webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_commented' }, 'issue_updated'],
    [{ webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_generic', comment }, 'issue_updated'],
    [{ webhookEvent: 'jira:issue_updated', comment }, 'comment_created'],
    [{ webhookEvent: 'jira:issue_updated', comment: { ...comment, updated: '2026-01-02' } }, 'comment_edited'],
    [{ webhookEvent: 'worklog_created' }, 'other'],
    [{ webhookEvent: 'constructor' }, 'other'],
    [{}, 'other'],
  ])('%j is %s', (payload, kind) => {
    expect(eventKindOf(payload)).toBe(kind);
  });

  it('and all other pieces are read from any JSON value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const shape = shapeOf(value);
      expect(typeof eventKindOf(shape)).toBe('string');
      for (const item of changelogItemsOf(value)) expect(typeof item.toText).toBe('string');
      expect(wordsOf(value).every((word) => typeof word === 'string')).toBe(true);
      expect(typeof audienceOf(shape).internal).toBe('boolean');
      idsInSelf(shape);
    }));
  });
});
