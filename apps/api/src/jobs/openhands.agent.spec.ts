import { Agent, AgentProblem, INSTALLATION } from './agent.js';
import { JobsBench } from '../testing/jobs-bench.js';

const ID = '01990000-0000-7000-8000-00000000a001';

describe('The agent as OpenHands speaks', () => {
  const bench = new JobsBench();
  let agent: Agent;
  beforeAll(async () => {
    await bench.start();
    agent = bench.get(Agent);
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  const start = () => agent.start(INSTALLATION, { conversationId: ID, title: 'SHOP-1: X', prompt: 'Please.', systemSuffix: 'Rules.', repository: bench.newJob().repository });

  async function ready(): Promise<void> {
    await start();
    bench.agent.advance(10);
  }

  it('starts with our id, the repository and the rules', async () => {
    await start();
    expect(bench.agent.conversation(ID).request).toMatchObject({
      conversation_id: ID, trigger: 'jira', selected_repository: 'Acme/web-app', git_provider: 'github', system_message_suffix: 'Rules.',
      initial_message: { role: 'user', content: [{ type: 'text', text: 'Please.' }], run: true },
    });
  });

  it('finds a start by our id, before and after it is ready', async () => {
    expect(await agent.findStart(INSTALLATION, ID, bench.now())).toBeNull();
    const { taskId } = await start();
    expect(await agent.findStart(INSTALLATION, ID, bench.now())).toEqual({ taskId, failed: false });
    bench.agent.advance(10);
    expect(await agent.findStart(INSTALLATION, ID, bench.now())).toEqual({ taskId, failed: false });
  });

  it('takes the living one of two starts with one id', async () => {
    const first = await start();
    await start();
    expect((await agent.findStart(INSTALLATION, ID, bench.now()))?.taskId).toBe(first.taskId);
  });

  /** So many tasks that began after those that are there. */
  async function others(count: number): Promise<void> {
    await agent.start(INSTALLATION, { conversationId: ID.replace(/1$/, '2'), title: 'SHOP-2: X', prompt: 'Please.', systemSuffix: 'Rules.', repository: null });
    bench.agent.conversations.push(...Array.from({ length: count - 1 }, () => bench.agent.conversations.at(-1)!));
  }

  it('finds a start also when more than a thousand others began about the same time', async () => {
    const { taskId } = await start();
    await others(1500);
    expect(await agent.findStart(INSTALLATION, ID, bench.now())).toEqual({ taskId, failed: false });
  });

  it('does not say that there is no start when there are too many to look through', async () => {
    await start();
    await others(5500);
    await expect(agent.findStart(INSTALLATION, ID, bench.now())).rejects.toMatchObject({ reason: 'agent_unreachable', repeat: 'unchanged' });
    // What is ready is found by its id.
    bench.agent.advance(10);
    expect(await agent.findStart(INSTALLATION, ID, bench.now())).toEqual({ taskId: null, failed: false });
  });

  it('reads ids with and without dashes, and leaves out what the agent does not know', async () => {
    await ready();
    const looks = await agent.lookAt(INSTALLATION, [ID, '01990000-0000-7000-8000-00000000ffff']);
    expect([...looks.keys()]).toEqual([ID]);
    expect(looks.get(ID)?.sandbox).toBe('RUNNING');
  });

  it('asks for many conversations in batches of twenty', async () => {
    const ids = Array.from({ length: 45 }, (_, index) => `01990000-0000-7000-8000-${String(index).padStart(12, '0')}`);
    await agent.lookAt(INSTALLATION, ids);
    expect(bench.agent.standIn.calls.map((call) => call.path.split('ids=').length - 1)).toEqual([20, 20, 5]);
  });

  it.each([
    [{ kind: 'status', status: 401, body: { error: 'failed to authenticate' } }, 'agent_key_rejected', 'no', null],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: {} }, 'agent_unreachable', 'unchanged', 7000],
    [{ kind: 'status', status: 503, body: { error: 'Authentication service temporarily unavailable' } }, 'agent_unreachable', 'unknown', null],
    [{ kind: 'status', status: 502, body: '<html>' }, 'agent_unreachable', 'unknown', null],
    [{ kind: 'status', status: 422, body: { detail: [] } }, 'agent_start_failed', 'no', null],
    [{ kind: 'html' }, 'agent_unreachable', 'unknown', null],
    [{ kind: 'reset' }, 'agent_unreachable', 'unknown', null],
  ] as const)('tells what %o means', async (effect, reason, repeat, retryAfterMs) => {
    bench.agent.standIn.faults.add({ effect });
    const problem = await start().catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(AgentProblem);
    expect(problem).toMatchObject({ reason, repeat, retryAfterMs });
  });

  it.each([
    ['PAUSED', null, 'paused'],
    ['STARTING', null, 'starting'],
    ['MISSING', null, 'gone'],
    ['RUNNING', 'running', 'sent'],
  ] as const)('answers to a message while the machine is %s', async (sandbox, execution, answer) => {
    await ready();
    bench.agent.conversation(ID).force(sandbox, execution);
    expect(await agent.send(INSTALLATION, ID, 'Hello')).toBe(answer);
  });

  it('takes as last words only what answers the latest message', async () => {
    await ready();
    bench.agent.advance(10);
    expect(await agent.lastWords(INSTALLATION, ID, null)).toContain('pull request');
    const before = (await agent.userMessages(INSTALLATION, ID))[0]?.at ?? '';
    await agent.send(INSTALLATION, ID, 'And now?');
    expect(await agent.lastWords(INSTALLATION, ID, before)).toBeNull();
    bench.agent.advance(5);
    expect(await agent.lastWords(INSTALLATION, ID, before)).toBe('I did what you asked: And now?');
  });

  it('stops by interrupting, and by pausing the machine when its host cannot be reached', async () => {
    bench.agent.play('runs-for-ever', 'runs-for-ever');
    await ready();
    await agent.stop(INSTALLATION, ID);
    expect(bench.agent.conversation(ID).frame).toMatchObject({ sandbox: 'RUNNING', execution: 'paused' });
    bench.agent.conversation(ID).force('RUNNING', 'running');
    bench.agent.standIn.faults.add({ effect: { kind: 'reset' }, path: '/interrupt' });
    await agent.stop(INSTALLATION, ID);
    expect(bench.agent.conversation(ID).frame.sandbox).toBe('PAUSED');
  });

  it('never shows the key or the session key in a problem', async () => {
    bench.agent.standIn.faults.add({ effect: { kind: 'reset' } });
    const problem = (await start().catch((error: unknown) => error)) as Error;
    expect(`${problem.message} ${problem.stack}`).not.toContain(bench.credentials.openhandsKey);
  });
});
