import { startSandbox, type Sandbox } from '../sandbox.ts';
import { ACCOUNTS } from '../seed.ts';
import { ask } from '../test-http.ts';
import { richTextHtml } from './rich-text.ts';

describe("the pages of the sandbox's Jira", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
  });

  afterEach(() => sandbox.close());

  const at = (path: string) => new URL(path, sandbox.urls.page).href;
  const issue = () => sandbox.jira.store.issue('SHOP-12');

  it.each([['/'], ['/browse/SHOP-12'], ['/browse/HELP-1'], ['/browse/NOPE-1'], ['/webhooks']])('%s carries the banner', async (path) => {
    expect((await ask(at(path))).text).toContain('Sandbox: nothing here is real.');
  });

  it('lets a person comment with a picked mention, restricted', async () => {
    const form = { text: 'please fix', as: ACCOUNTS.ada, pick: 'yes', restricted: 'Developers' };
    expect((await ask(at('/browse/SHOP-12/comment'), { form })).status).toBe(303);
    const agent = sandbox.jira.serviceTokens[0]?.accountId ?? '';
    expect(issue().comments[0]).toMatchObject({ authorId: ACCOUNTS.ada, body: { wiki: `[~accountid:${agent}] please fix` }, visibility: { type: 'role', value: 'Developers' } });
    expect((await ask(at('/browse/SHOP-12'))).text).toContain('@OpenHands Agent');
  });

  it('lets a person change labels, edit and delete', async () => {
    await ask(at('/browse/SHOP-12/labels'), { form: { labels: 'cart openhands', as: ACCOUNTS.ben } });
    expect(issue().labels).toEqual(['cart', 'openhands']);
    await ask(at('/browse/SHOP-12/comment'), { form: { text: 'one', as: ACCOUNTS.ben } });
    const comment = issue().comments[0]?.id ?? '';
    await ask(at('/browse/SHOP-12/edit'), { form: { comment, text: 'two' } });
    expect(issue().comments[0]?.body).toEqual({ format: 'wiki', wiki: 'two' });
    await ask(at('/browse/SHOP-12/delete'), { form: { comment } });
    expect(issue().comments).toEqual([]);
  });

  it('lets a person create an issue with labels', async () => {
    const form = { project: 'SHOP', summary: 'New', description: 'Repository: Acme/api', labels: 'openhands', as: ACCOUNTS.ada };
    expect((await ask(at('/issues'), { form })).headers.get('location')).toBe('/browse/SHOP-14');
    expect(sandbox.jira.store.issue('SHOP-14')).toMatchObject({ labels: ['openhands'], reporterId: ACCOUNTS.ada });
  });

  it('shows what became of a delivery', async () => {
    sandbox.github.standIn.faults.add({ effect: { kind: 'status', status: 403 } });
    await ask(at('/webhooks'), { form: { url: `${sandbox.urls.github}/hook`, secret: 's' } });
    await ask(at('/browse/SHOP-12/comment'), { form: { text: 'one', as: ACCOUNTS.ben } });
    await sandbox.jira.webhooks.idle();
    const { text } = await ask(at('/browse/SHOP-12'));
    expect(text).toContain('comment_created');
    expect(text).toContain('refused');
  });

  it('is led by the control API too', async () => {
    expect((await ask(at('/_control/comments'), { json: { issue: 'SHOP-12', as: 'ben', text: '@openhands go' } })).status).toBe(201);
    expect(issue().comments).toHaveLength(1);
    expect((await ask(at('/_control/faults/openhands'), { json: { kind: 'status', status: 503, times: 2 } })).status).toBe(201);
    expect((await ask(`${sandbox.urls.openhands}/health`)).status).toBe(503);
    expect((await ask(at('/_control/openhands/play'), { json: { script: 'no such' } })).status).toBe(400);
  });
});

describe('a comment as HTML', () => {
  it('cannot bring in markup or dangerous links', () => {
    const evil = { type: 'text', text: '<script>', marks: [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }] };
    const adf = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [evil] }] };
    expect(richTextHtml({ format: 'adf', adf }, String)).toBe('<p>&#60;script&#62;</p>');
    expect(richTextHtml({ format: 'wiki', wiki: '[x|javascript:alert(1)] <b>' }, String)).toBe('<p>x &#60;b&#62;</p>');
  });

  it('shows mentions by name', () => {
    expect(richTextHtml({ format: 'wiki', wiki: '[~accountid:a:1] hi' }, (id) => `name of ${id}`)).toContain('@name of a:1');
  });
});
