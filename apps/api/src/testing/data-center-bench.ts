/** The service with Jira Data Center below a context path, three people, and what they do in the stories of the guide. */
import { CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { type Answered, type JiraBench, type SignedIn, startDataCenterBench } from './jira-bench.js';

export const ROUTES = '/api/v1/jira-data-center';
export const ADMIN_TOKEN = CREDENTIALS.dataCenterAdminPat;

/** A bench and its people, each test from the beginning. */
export function useDataCenterBench(environment: Record<string, string> = {}) {
  const held = {} as { bench: JiraBench; ada: SignedIn; ben: SignedIn; root: SignedIn };
  beforeAll(async () => void (held.bench = await startDataCenterBench({ ADMIN_EMAILS: 'root@example.com', ...environment }, { server: { contextPath: '/jira' } })));
  afterAll(() => held.bench.close());
  beforeEach(async () => {
    const { bench } = held;
    for (const table of ['connections', 'users', 'queue.job', 'oauth_attempts', 'audit_log']) await bench.db.query(`DELETE FROM ${table}`);
    const jira = bench.sandbox.jiraDataCenter;
    jira.standIn.faults.clear();
    jira.webhooks.webhooks.length = 0;
    Object.assign(jira.behaviour, { version: '10.3.24', badTokenAnswer: 'unauthorized', echoesSecret: false, showsEmails: true });
    held.ada = await bench.person('Ada', 'ada@example.com');
    held.ben = await bench.person('Ben', 'ben@example.com');
    held.root = await bench.person('Root', 'root@example.com');
  });
  return held;
}

export const row = async (bench: JiraBench): Promise<Record<string, unknown> | undefined> => (await bench.db.query<Record<string, unknown>[]>('SELECT * FROM connections'))[0];
export const link = (person: SignedIn, who: string): Promise<{ result: string | null; code: string | null }> => person.prove('POST', `${ROUTES}/link`, undefined, who);
export const setUp = (person: SignedIn, body: object): Promise<Answered> => person.send('PUT', `${ROUTES}/webhook`, body);
export const shown = async (person: SignedIn) => person.integration('jira-data-center');
