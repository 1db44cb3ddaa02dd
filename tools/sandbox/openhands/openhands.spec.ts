import { randomUUID } from 'node:crypto';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS } from '../seed.ts';
import { ask, type Ask } from '../test-http.ts';
import { START_STEPS } from './conversation.ts';
import { finishes, finishEvent, NAMED_SCRIPTS } from './scripts.ts';

const token = CREDENTIALS.openhandsKey;
const hex = (id: string) => id.replaceAll('-', '');

describe('the agent of the sandbox', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
  });

  afterEach(() => sandbox.close());

  const call = (path: string, options: Ask = {}) => ask(sandbox.urls.openhands + path, { token, ...options });
  const message = (text: string) => ({ role: 'user', content: [{ type: 'text', text }], run: true });

  async function start(fields: Record<string, unknown> = {}) {
    const id = randomUUID();
    const { body, status } = await call('/api/v1/app-conversations', {
      json: { conversation_id: id, initial_message: message('Issue SHOP-12'), selected_repository: 'Acme/web-app', git_provider: 'github', title: 'mine', ...fields },
    });
    return { id, task: body, status };
  }

  async function startedUntilReady(fields: Record<string, unknown> = {}) {
    const { id } = await start(fields);
    sandbox.openhands.advance(START_STEPS.length - 1, id);
    return id;
  }

  const look = async (id: string) => (await call(`/api/v1/app-conversations?ids=${id}`)).body[0];
  const events = async (id: string, query = '') => (await call(`/api/v1/conversation/${id}/events/search?${query}`)).body.items;

  describe('who calls', () => {
    it('answers 401 in its own shape, and tells the key', async () => {
      const refused = await call('/api/keys/current', { token: 'wrong' });
      expect([refused.status, refused.body]).toEqual([401, { error: 'failed to authenticate' }]);
      expect((await call('/api/keys/current')).body).toMatchObject({ id: 1, user_id: 'u-installation', bound_org_id: null });
    });

    it('refuses organisations that are none, or not of the caller', async () => {
      expect((await call('/api/keys/current', { headers: { 'x-org-id': 'acme' } })).status).toBe(400);
      expect((await call('/api/keys/current', { headers: { 'x-org-id': randomUUID() } })).status).toBe(403);
    });

    it('shows a conversation to its own user only', async () => {
      const id = await startedUntilReady();
      expect((await call(`/api/v1/app-conversations?ids=${id}`, { token: CREDENTIALS.openhandsKeyOfBen })).body).toEqual([null]);
    });
  });

  describe('the start', () => {
    it('goes through all steps in order, one per look, with undashed ids', async () => {
      const { id, task, status } = await start();
      expect(status).toBe(200);
      expect(task).toMatchObject({ status: 'WORKING', app_conversation_id: null, sandbox_id: null });
      const seen = [task.status];
      let last = task;
      while (last.status !== 'READY' && seen.length < 20) {
        [last] = (await call(`/api/v1/app-conversations/start-tasks?ids=${String(task.id)}`)).body;
        seen.push(last.status);
      }
      expect(seen).toEqual([...START_STEPS]);
      expect(last).toMatchObject({ app_conversation_id: hex(id), sandbox_id: hex(id) });
    });

    it('and the run are over after as few looks as a test wants, and wait for it when that is none', async () => {
      const { id, task } = await start();
      const lookAtStart = async () => (await call(`/api/v1/app-conversations/start-tasks?ids=${String(task.id)}`)).body[0].status;
      sandbox.openhands.stepsPerLook = 0;
      expect([await lookAtStart(), await lookAtStart()]).toEqual(['WORKING', 'WORKING']);
      sandbox.openhands.stepsPerLook = 10;
      expect(await lookAtStart()).toBe('READY');
      await look(id);
      expect((await look(id)).execution_status).toBe('finished');
    });

    it('ignores the title, and takes one by PATCH', async () => {
      const id = await startedUntilReady();
      expect((await look(id)).title).toMatch(/^Conversation /);
      await call(`/api/v1/app-conversations/${id}`, { method: 'PATCH', json: { title: 'SHOP-12' } });
      expect((await look(id)).title).toBe('SHOP-12');
    });

    it('masks secrets in the echo of the request', async () => {
      const { task } = await start({ secrets: { TOKEN: 'very secret' } });
      expect(task.request.secrets).toEqual({ TOKEN: '**********' });
    });

    it('ignores unknown fields, but not unknown fields of message parts', async () => {
      expect((await start({ something: 1 })).status).toBe(200);
      expect((await start({ initial_message: { role: 'user', content: [{ type: 'text', text: 'x', color: 'red' }] } })).status).toBe(422);
    });

    it('ends in ERROR for a repository that no provider can open', async () => {
      const { id, task } = await start({ selected_repository: 'Acme/unknown' });
      sandbox.openhands.advance(9, id);
      const [last] = (await call(`/api/v1/app-conversations/start-tasks?ids=${String(task.id)}`)).body;
      expect(last).toMatchObject({ status: 'ERROR', detail: expect.stringContaining('repository'), app_conversation_id: null });
    });

    it('can be stuck for ever', async () => {
      sandbox.openhands.play('start-stuck');
      const { task, id } = await start();
      sandbox.openhands.advance(50, id);
      expect((await call(`/api/v1/app-conversations/start-tasks?ids=${String(task.id)}`)).body[0].status).toBe('PREPARING_REPOSITORY');
    });

    it('is found again after a lost answer, by the id inside the request', async () => {
      sandbox.openhands.standIn.faults.add({ effect: { kind: 'lost-answer' }, method: 'POST', path: '/app-conversations' });
      await expect(start()).rejects.toThrow();
      const { items } = (await call('/api/v1/app-conversations/start-tasks/search')).body;
      expect(items).toEqual([expect.objectContaining({ request: expect.objectContaining({ title: 'mine' }) })]);
      const wanted = items[0].request.conversation_id as string;
      expect((await call(`/api/v1/app-conversations/start-tasks/search?conversation_id__eq=${wanted}`)).body.items).toEqual([]);
    });

    it('collides when the same id is started twice', async () => {
      const { id } = await start();
      const again = await start({ conversation_id: id });
      const [task] = (await call(`/api/v1/app-conversations/start-tasks?ids=${String(again.task.id)}`)).body;
      expect(task.status).toBe('ERROR');
    });
  });

  describe('batch reads', () => {
    it('answer in order, with null for what is unknown', async () => {
      const [first, second] = [await startedUntilReady(), await startedUntilReady()];
      const ids = [second, randomUUID(), first].map((id) => `ids=${id}`).join('&');
      const { body } = await call(`/api/v1/app-conversations?${ids}`);
      expect(body.map((one: { id: string } | null) => one?.id ?? null)).toEqual([hex(second), null, hex(first)]);
    });

    it('fail as a whole for one bad id, or for too many', async () => {
      const id = await startedUntilReady();
      expect((await call(`/api/v1/app-conversations?ids=${id}&ids=nonsense`)).status).toBe(400);
      const many = (count: number) => Array.from({ length: count }, () => `ids=${randomUUID()}`).join('&');
      expect((await call(`/api/v1/app-conversations?${many(99)}`)).status).toBe(200);
      expect((await call(`/api/v1/app-conversations?${many(100)}`)).status).toBe(400);
    });
  });

  describe('a run', () => {
    it('is idle, runs and finishes with words that name a pull request', async () => {
      const id = await startedUntilReady();
      const seen = [await look(id), await look(id), await look(id), await look(id), await look(id)];
      expect(seen.map((one) => one.execution_status)).toEqual(['idle', 'running', 'running', 'finished', 'finished']);
      expect(seen[0].metrics).toBeNull();
      expect(seen[4].metrics.accumulated_cost).toBeGreaterThan(seen[3].metrics.accumulated_cost);
      const [finish] = await events(id, 'kind__eq=ActionEvent&sort_order=TIMESTAMP_DESC&limit=5');
      expect(finish.action.message).toContain(`${sandbox.urls.github}/Acme/web-app/pull/7`);
      expect(finish.timestamp).not.toMatch(/Z|\+/);
    });

    it.each(Object.entries(NAMED_SCRIPTS).filter(([, script]) => script.start === 'ready'))('can live like "%s"', async (name, script) => {
      sandbox.openhands.play(name);
      const id = await startedUntilReady();
      for (const frame of script.frames) {
        const seen = await look(id);
        if (frame.gone === true) expect(seen).toBeNull();
        else expect([seen.sandbox_status, seen.execution_status]).toEqual([frame.sandbox, frame.sandbox === 'RUNNING' ? frame.execution : null]);
      }
    });

    it('shows the last events only after some reads', async () => {
      sandbox.openhands.play(finishes('late', { looks: 0, eventDelayReads: 3 }));
      const id = await startedUntilReady();
      await look(id);
      await look(id);
      const found = [];
      for (let read = 0; read < 5; read += 1) found.push((await events(id, 'kind__eq=ActionEvent')).length);
      expect(found).toEqual([0, 0, 0, 1, 1]);
    });

    it('pages events by offset, 100 at most, and knows none for strangers', async () => {
      const id = await startedUntilReady();
      sandbox.openhands.conversation(id).force('RUNNING', 'finished', Array.from({ length: 5 }, (_, index) => finishEvent(String(index))));
      const first = (await call(`/api/v1/conversation/${id}/events/search?kind__eq=ActionEvent&limit=2`)).body;
      expect(first.items).toHaveLength(2);
      const second = (await call(`/api/v1/conversation/${id}/events/search?kind__eq=ActionEvent&limit=2&page_id=${String(first.next_page_id)}`)).body;
      expect(second.items[0].action.message).toBe('2');
      expect((await call(`/api/v1/conversation/${id}/events/search?limit=101`)).status).toBe(422);
      expect(await events(randomUUID())).toEqual([]);
    });
  });

  describe('messages, pause and resume', () => {
    const send = (id: string, text: string) => call(`/api/v1/app-conversations/${id}/send-message`, { json: message(text) });

    it('a message after the end brings newer last words', async () => {
      const id = await startedUntilReady();
      sandbox.openhands.advance(5, id);
      expect((await send(id, 'also in euro')).body).toMatchObject({ success: true, sandbox_status: 'RUNNING' });
      expect((await look(id)).execution_status).toBe('running');
      await look(id);
      const [newest] = await events(id, 'kind__eq=ActionEvent&sort_order=TIMESTAMP_DESC');
      expect(newest.action.message).toContain('also in euro');
    });

    it.each([
      ['PAUSED', 409],
      ['STARTING', 409],
      ['MISSING', 410],
      ['ERROR', 503],
    ] as const)('a message to a sandbox that is %s answers %i', async (status, expected) => {
      const id = await startedUntilReady();
      sandbox.openhands.conversation(id).force(status, null);
      expect((await send(id, 'x')).status).toBe(expected);
    });

    it('a message to an unreachable agent answers 502, to an unknown conversation 404', async () => {
      const id = await startedUntilReady();
      sandbox.openhands.conversation(id).force('RUNNING', null);
      expect((await send(id, 'x')).status).toBe(502);
      expect((await send(randomUUID(), 'x')).status).toBe(404);
    });

    it('resuming takes a while and changes the session key', async () => {
      const id = await startedUntilReady();
      const before = (await look(id)).session_api_key;
      expect((await call(`/api/v1/sandboxes/${hex(id)}/pause`, { method: 'POST' })).body).toEqual({ success: true });
      expect((await look(id)).sandbox_status).toBe('PAUSED');
      await call(`/api/v1/sandboxes/${hex(id)}/resume`, { method: 'POST' });
      expect((await look(id)).sandbox_status).toBe('STARTING');
      const after = await look(id);
      expect(after.sandbox_status).toBe('RUNNING');
      expect(after.session_api_key).not.toBe(before);
    });

    it('interrupts with the key of the session', async () => {
      const id = await startedUntilReady();
      const { conversation_url: url, session_api_key: key } = await look(id);
      expect((await ask(`${String(url)}/interrupt`, { method: 'POST' })).status).toBe(401);
      expect((await ask(`${String(url)}/interrupt`, { method: 'POST', headers: { 'x-session-api-key': key } })).status).toBe(200);
      expect((await look(id)).execution_status).toBe('paused');
    });

    it('deletes a sandbox by the id in the query, and keeps the transcript', async () => {
      const id = await startedUntilReady();
      sandbox.openhands.advance(5, id);
      expect((await call(`/api/v1/sandboxes/${hex(id)}`, { method: 'DELETE' })).status).toBe(422);
      expect((await call(`/api/v1/sandboxes/x?sandbox_id=${hex(id)}`, { method: 'DELETE' })).status).toBe(200);
      expect((await look(id)).sandbox_status).toBe('MISSING');
      expect(await events(id, 'kind__eq=ActionEvent')).toHaveLength(1);
    });

    it('pauses the oldest sandbox above the cap', async () => {
      sandbox.openhands.sandboxCap = 1;
      const first = await startedUntilReady();
      await startedUntilReady();
      expect((await look(first)).sandbox_status).toBe('PAUSED');
    });
  });

  describe('repositories', () => {
    it('finds near misses too', async () => {
      const { items } = (await call('/api/v1/git/repositories/search?provider=github&query=acme/web-app')).body;
      const names = items.map((one: { full_name: string }) => one.full_name);
      expect(names).toEqual(expect.arrayContaining(['Acme/web-app', 'Acme/web-app-legacy']));
    });

    it('answers 403 for a provider that is not connected, 503 for branches that cannot be read', async () => {
      delete sandbox.openhands.accounts.users[0]?.providers['gitlab'];
      expect((await call('/api/v1/git/repositories/search?provider=gitlab&query=x')).status).toBe(403);
      expect((await call('/api/v1/git/branches/search?provider=github&repository=acme/web-app&query=')).status).toBe(200);
      expect((await call('/api/v1/git/branches/search?provider=github&repository=acme/nothing&query=')).status).toBe(503);
    });
  });

  it('has pages behind the links, before and after the start is done', async () => {
    const { id, task } = await start();
    const taskPage = `/conversations/task-${String(task.id)}`;
    expect((await call(taskPage)).text).toContain('Sandbox: nothing here is real.');
    sandbox.openhands.advance(START_STEPS.length, id);
    expect((await call(taskPage)).headers.get('location')).toBe(`/conversations/${hex(id)}`);
    expect((await call(`/conversations/${hex(id)}`)).text).toContain('Issue SHOP-12');
  });
});
