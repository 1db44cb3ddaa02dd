import { Logger } from '@nestjs/common';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AUTHORITY_FILE, authorityCertificate, type CertificateName, serverCertificate } from '../../../../tools/sandbox/jira-data-center/certificates.ts';
import { listen, type Listening, StandIn } from '../../../../tools/sandbox/stand-in.ts';
import { json } from '../../../../tools/sandbox/routes.ts';
import { readConfig } from '../config/config.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ManualTime } from '../testing/auth-bench.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { OutgoingHttp, OutgoingProblem } from './outgoing.js';
import { readCertificates } from './pem.js';
import { TrustedCertificates } from './trusted-certificates.service.js';

beforeAll(() => Logger.overrideLogger(false));

describe('The additional trusted certificates', () => {
  let database: TestDatabase;
  let db: DataSource;
  let time: ManualTime;
  let server: Listening;

  beforeAll(async () => {
    const standIn = new StandIn('tls');
    standIn.routes.get('/', () => json(200, { ok: true }));
    server = await listen(standIn, 0, ['127.0.0.1', '::1'], serverCertificate('valid'));
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    server.present(serverCertificate('valid'));
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    time = new ManualTime();
  });
  afterEach(async () => {
    if (db.isInitialized) await db.destroy();
    await database.drop();
  });

  /** The certificates and the client of one process. */
  function newProcess(env: Record<string, string> = {}): { trusted: TrustedCertificates; http: OutgoingHttp } {
    const config = readConfig(env);
    const trusted = new TrustedCertificates(db, time, config);
    return { trusted, http: new OutgoingHttp(config, trusted) };
  }
  const call = (http: OutgoingHttp): Promise<number | string> =>
    http.request({ method: 'GET', url: `https://localhost:${server.port}/`, reach: 'configured' }).then((answer) => answer.status, (error: OutgoingProblem) => `${error.stage} ${error.cause_code}`);
  const paste = (trusted: TrustedCertificates, text: string): Promise<unknown> => {
    const reading = readCertificates(text);
    if (!reading.ok) throw new Error(reading.mistake);
    return db.transaction((manager) => trusted.change(manager, () => reading.certificates));
  };

  it('open a server of a private authority, in every process and without a restart', async () => {
    const [one, other] = [newProcess(), newProcess()];
    expect(await call(one.http)).toBe('tls UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await call(other.http)).toBe('tls UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    await paste(one.trusted, authorityCertificate());
    await one.trusted.reload();
    expect(await call(one.http)).toBe(200);
    time.advance(1100);
    expect(await call(other.http)).toBe(200);
  });

  it('close it again when they are removed', async () => {
    const { trusted, http } = newProcess();
    await paste(trusted, authorityCertificate());
    expect(await call(http)).toBe(200);
    await paste(trusted, '');
    await trusted.reload();
    expect(await call(http)).toBe('tls UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it.each<[CertificateName, string]>([['expired', 'tls CERT_HAS_EXPIRED'], ['wrong-host', 'tls ERR_TLS_CERT_ALTNAME_INVALID']])('do not excuse a certificate that is wrong in another way: %s', async (name, problem) => {
    const { trusted, http } = newProcess();
    await paste(trusted, authorityCertificate());
    server.present(serverCertificate(name));
    expect(await call(http)).toBe(problem);
  });

  it('let a call that is under way end on its old connection', async () => {
    const { trusted, http } = newProcess();
    await paste(trusted, authorityCertificate());
    expect(await call(http)).toBe(200);
    const underWay = Array.from({ length: 20 }, () => call(http));
    await paste(trusted, authorityCertificate() + serverCertificate('wrong-host').cert);
    await trusted.reload();
    expect(await Promise.all([...underWay, call(http)])).toEqual(Array.from({ length: 21 }, () => 200));
  });

  it('stay in force while the database does not answer', async () => {
    const { trusted, http } = newProcess();
    await paste(trusted, authorityCertificate());
    expect(await call(http)).toBe(200);
    await db.destroy();
    time.advance(5000);
    expect(await call(http)).toBe(200);
  });

  it('are those of the file that the environment names, and those that were pasted do not count then', async () => {
    const { trusted, http } = newProcess({ TRUSTED_CA_CERTIFICATES: AUTHORITY_FILE });
    expect(trusted.managedBy).toBe('environment');
    await paste(trusted, '');
    expect(await call(http)).toBe(200);
  });

  describe('in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
    const file = join(folder, 'ca.pem');
    afterAll(() => rmSync(folder, { recursive: true }));

    it('are read again when it changes, and kept when it becomes unreadable', async () => {
      writeFileSync(file, serverCertificate('wrong-host').cert);
      const { http } = newProcess({ TRUSTED_CA_CERTIFICATES: file });
      expect(await call(http)).toBe('tls UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      for (const text of [authorityCertificate(), 'half a cert']) {
        writeFileSync(file, text);
        time.advance(1100);
        expect(await call(http)).toBe(200);
      }
    });

    it.each([['names no file', join(folder, 'missing.pem'), /cannot be read \(ENOENT\)/], ['holds none', file, /There is no certificate/]])('keep the process from starting when it %s', (_, path, sentence) => {
      writeFileSync(file, 'no certificate');
      expect(() => newProcess({ TRUSTED_CA_CERTIFICATES: path })).toThrow(sentence);
    });
  });
});
