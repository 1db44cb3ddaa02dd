import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../seed.ts';
import { ask, type Ask } from '../test-http.ts';

const token = CREDENTIALS.dataCenterPat;
const adf = { type: 'doc', version: 1, content: [] };

describe("comments of the sandbox's Jira Data Center", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
  });

  afterEach(() => sandbox.close());

  const call = (path: string, options: Ask = {}) => ask(`${sandbox.urls.jiraDataCenter}/rest/api/2${path}`, { token, ...options });
  const write = (body: unknown, more: Record<string, unknown> = {}, key = 'SHOP-12') => call(`/issue/${key}/comment`, { json: { body, ...more } });

  it('writes, reads, edits and deletes', async () => {
    const made = await write('*Working* on it');
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(made.body.self);
    const path = `/issue/SHOP-12/comment/${made.body.id}`;
    expect((await call(path)).body).toMatchObject({ body: '*Working* on it', author: { key: DATA_CENTER_KEYS.agent } });
    expect((await call(path, { method: 'PUT', json: { body: 'Done' } })).body.body).toBe('Done');
    expect((await call(path, { method: 'DELETE' })).status).toBe(204);
    expect((await call(path)).status).toBe(404);
  });

  it.each([['ADF', adf], ['a number', 1], ['nothing', undefined], ['blanks', '  ']])('refuses %s as a body', async (_, body) => {
    expect((await write(body)).status).toBe(400);
  });

  it('takes 32,767 characters and not one more', async () => {
    expect((await write('x'.repeat(32_767))).status).toBe(201);
    const answer = await write('x'.repeat(32_768));
    expect(answer.status).toBe(400);
    expect(answer.body.errors.comment).toBe('The entered text is too long. It exceeds the allowed limit of 32,767 characters.');
  });

  it('holds 5,000 comments in an issue and not one more', async () => {
    const { comments } = sandbox.jiraDataCenter.store.issue('SHOP-12');
    const one = sandbox.dataCenterActions.comment('SHOP-12', 'ben', 'one');
    while (comments.length < 5000) comments.push(one);
    expect((await write('x')).status).toBe(413);
    comments.pop();
    expect((await write('x')).status).toBe(201);
  });

  it('restricts a comment to a role or group that the author has', async () => {
    const restricted = await write('for us', { visibility: { type: 'role', value: 'Administrators' } });
    expect(restricted.body.visibility).toEqual({ type: 'role', value: 'Administrators' });
    expect((await call(`/issue/SHOP-12/comment/${restricted.body.id}`, { token: CREDENTIALS.dataCenterPatOfBen })).status).toBe(404);
    expect((await call('/issue/SHOP-12/comment', { token: CREDENTIALS.dataCenterPatOfBen })).body.total).toBe(0);
    expect((await write('x', { visibility: { type: 'group', value: 'jira-administrators' } })).body.errors).toHaveProperty('commentLevel');
  });

  it.each([[true, undefined], [false, { type: 'role', value: 'Developers' }]])('forgets the restriction of an edited comment when that is so: %s', async (forgets, expected) => {
    sandbox.jiraDataCenter.behaviour.editWithoutVisibilityIsPublic = forgets;
    const { body } = await write('x', { visibility: { type: 'role', value: 'Developers' } });
    const edited = await call(`/issue/SHOP-12/comment/${body.id}`, { method: 'PUT', json: { body: 'y' } });
    expect(edited.body.visibility).toEqual(expected);
  });

  it('keeps properties, given at once or later', async () => {
    const { body } = await write('x', { properties: [{ key: 'openhands', value: { v: 1 } }] });
    const path = `/comment/${body.id}/properties`;
    expect((await call(path)).body).toEqual({ keys: [{ key: 'openhands' }] });
    expect((await call(`${path}/openhands`)).body).toEqual({ key: 'openhands', value: { v: 1 } });
    expect((await call(`${path}/more`, { method: 'PUT', json: 2 })).status).toBe(201);
    expect((await call(`${path}/none`)).status).toBe(404);
    const expanded = await call(`/issue/SHOP-12/comment/${body.id}?expand=properties`);
    expect(expanded.body.properties).toEqual([{ key: 'openhands', value: { v: 1 } }, { key: 'more', value: 2 }]);
  });

  it('tells an internal note by its property only', async () => {
    const note = sandbox.dataCenterActions.comment('HELP-1', 'ada', 'between us', { internal: true });
    expect((await call(`/comment/${note.id}/properties/sd.public.comment`)).body.value).toEqual({ internal: true });
    expect((await call(`/issue/HELP-1/comment/${note.id}`)).body).not.toHaveProperty('jsdPublic');
    await write('me too', { properties: [{ key: 'sd.public.comment', value: { internal: true } }] }, 'HELP-1');
    expect(sandbox.dataCenterActions.agentComments('HELP-1')).toEqual([expect.objectContaining({ internal: true })]);
  });

  it('lists newest first on request, with a limit', async () => {
    for (const text of ['one', 'two', 'three']) await write(text);
    const { body } = await call('/issue/SHOP-12/comment?orderBy=-created&maxResults=2');
    expect(body.total).toBe(3);
    expect(body.comments.map((comment: { body: string }) => comment.body)).toEqual(['three', 'two']);
  });

  it('refuses a comment without the permission, and edits of other people', async () => {
    const theirs = sandbox.dataCenterActions.comment('SHOP-12', 'ben', 'mine');
    expect((await call(`/issue/SHOP-12/comment/${theirs.id}`, { method: 'PUT', json: { body: 'ours' } })).status).toBe(400);
    expect((await call(`/issue/SHOP-12/comment/${theirs.id}`, { method: 'DELETE' })).status).toBe(403);
    sandbox.jiraDataCenter.permissions.withhold(DATA_CENTER_KEYS.agent, 'ADD_COMMENTS');
    expect((await write('x')).body.errors.comment).toContain('do not have the permission');
  });

  describe('reactions', () => {
    const react = (options: Ask, query = '') => ask(`${sandbox.urls.jiraDataCenter}/rest/internal/2/reactions${query}`, { token, ...options });
    let commentId: string;

    beforeEach(() => {
      commentId = sandbox.dataCenterActions.comment('SHOP-12', 'ben', '@openhands go').id;
    });

    it('are added once, shown and taken back', async () => {
      await react({ json: { commentId, emojiId: '1f44d' } });
      expect((await react({ json: { commentId, emojiId: '1f44d' } })).status).toBe(200);
      expect(sandbox.jiraDataCenter.reactions).toEqual([{ commentId, emojiId: '1f44d', personKey: DATA_CENTER_KEYS.agent }]);
      expect((await react({ json: { commentIds: [Number(commentId)] } }, '/view')).body).toEqual([
        { commentId: Number(commentId), reactions: [{ emojiId: '1f44d', count: 1, users: [{ key: DATA_CENTER_KEYS.agent }] }] },
      ]);
      expect((await react({ method: 'DELETE' }, `?commentId=${commentId}&emojiId=1f44d`)).status).toBe(200);
      expect(sandbox.jiraDataCenter.reactions).toEqual([]);
    });

    it('do not know every emoji', async () => {
      expect((await react({ json: { commentId, emojiId: '1f440' } })).status).toBe(400);
    });

    it('are not there on many servers', async () => {
      sandbox.jiraDataCenter.behaviour.hasReactions = false;
      expect((await react({ json: { commentId, emojiId: '1f44d' } })).status).toBe(404);
      expect((await react({ json: { commentIds: [commentId] } }, '/view')).status).toBe(404);
    });
  });
});
