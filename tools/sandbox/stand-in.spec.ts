import { json } from './routes.ts';
import { listen, StandIn, type Listening } from './stand-in.ts';
import { ask } from './test-http.ts';

describe('a stand-in', () => {
  let standIn: StandIn;
  let listening: Listening;
  let url: string;
  let done: number;

  beforeEach(async () => {
    done = 0;
    standIn = new StandIn('shop');
    standIn.routes.get('/things/:name', (request) => json(200, { name: request.params['name'] }));
    standIn.routes.post('/things', () => json(201, { done: (done += 1) }));
    listening = await listen(standIn, 0);
    url = `http://localhost:${String(listening.port)}`;
  });

  afterEach(() => listening.close());

  it('decodes one part of a path, encoded slashes included', async () => {
    expect((await ask(`${url}/things/acme%2Fweb-app`)).body).toEqual({ name: 'acme/web-app' });
    expect((await ask(`${url}/things/a/b`)).status).toBe(404);
  });

  it('goes wrong as often as asked, then works again', async () => {
    standIn.faults.add({ effect: { kind: 'status', status: 503, headers: { 'retry-after': '2' } }, path: '/things', times: 2 });
    const answers = [await ask(`${url}/things/a`), await ask(`${url}/things/a`), await ask(`${url}/things/a`)];
    expect(answers.map((answer) => answer.status)).toEqual([503, 503, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('2');
  });

  it('applies a fault to its method and path only', async () => {
    standIn.faults.add({ effect: { kind: 'status', status: 500 }, method: 'POST', path: /^\/things$/ });
    expect((await ask(`${url}/things/a`)).status).toBe(200);
    expect((await ask(`${url}/things`, { method: 'POST' })).status).toBe(500);
    expect(done).toBe(0);
  });

  it('answers a page in place of data', async () => {
    standIn.faults.add({ effect: { kind: 'html' } });
    const answer = await ask(`${url}/things/a`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
  });

  it('loses the answer after the work was done', async () => {
    standIn.faults.add({ effect: { kind: 'lost-answer' } });
    await expect(ask(`${url}/things`, { method: 'POST' })).rejects.toThrow();
    expect(done).toBe(1);
  });

  it('closes the connection before the work was done', async () => {
    standIn.faults.add({ effect: { kind: 'reset' } });
    await expect(ask(`${url}/things`, { method: 'POST' })).rejects.toThrow();
    expect(done).toBe(0);
  });

  it('keeps a list of calls without bodies and credentials', async () => {
    await ask(`${url}/things/a?x=1`, { token: 'secret' });
    expect(standIn.calls).toEqual([{ method: 'GET', path: '/things/a?x=1', status: 200 }]);
  });

  it('says so when its port is taken', async () => {
    await expect(listen(new StandIn('other'), listening.port)).rejects.toThrow(/taken|EADDRINUSE/);
  });

  it('marks every answer as not real', async () => {
    expect((await ask(`${url}/things/a`)).headers.get('x-sandbox')).toBe('nothing here is real');
  });
});
