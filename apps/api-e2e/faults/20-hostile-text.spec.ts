/** Row 20: whatever text comes, reading it takes time that goes with its length, up to a megabyte. */
import { detectTrigger, findMention, normaliseSiteName, readCommand } from '@openhands-jira/domain';
import { readRepositories } from '../../../libs/domain/src/repository-reading.js';
import { HOSTILE_PIECES, hostileText, type HostilePiece } from '../../../libs/domain/src/testing/hostile-pieces.js';
import { isTooMuch } from '../../api/src/deliveries/payload.js';
import { readCertificates } from '../../api/src/http/pem.js';
import { readCloudEvent, siteOfPayload } from '../../api/src/jira-cloud/jira-cloud.payload.js';
import { readDataCenterEvent } from '../../api/src/jira-data-center/jira-data-center.payload.js';
import { fault } from './figures.js';

const MEGABYTE = 1024 * 1024;
/** Longest comment that Jira takes. */
const COMMENT = MEGABYTE / 32;
/** Longest that one may take. */
const LONGEST_MS = 10;
/** Twice the text in at most two and a half times the time, five times over. Time that goes with the square takes a thousand times as long. */
const STEEPEST = 2.5 ** 5;

const question = { token: '@openhands', serviceAccountIds: ['712020:agent'] } as const;
const hosts = { 'github.com': 'github', 'gitlab.com': 'gitlab', 'bitbucket.example.com': 'bitbucket-data-center' } as const;
const settings = { token: '@openhands', label: 'openhands', serviceAccountIds: ['712020:agent'] };

const PROGRAMS: Record<string, (text: string) => unknown> = {
  mention: (text) => findMention({ ...question, body: text, format: 'wiki' }),
  command: (text) => readCommand({ ...question, body: text, format: 'wiki' }),
  repositories: (text) => readRepositories(text, 'wiki', hosts),
  event: (text) => detectTrigger(readCloudEvent({ webhookEvent: 'comment_created', comment: { id: '1', self: text, body: text, author: { accountId: text } }, issue: { id: '1', key: text, self: text }, changelog: { items: [{ field: 'labels', fromString: text, toString: text }] } })!, settings),
  site: (text) => siteOfPayload({ issue: { self: `https://${text}` }, comment: { self: text } }),
  'event of Jira Data Center': (text) => detectTrigger(readDataCenterEvent({ webhookEvent: 'comment_created', comment: { id: '1', self: text, body: text, author: { key: text, name: text } }, issue: { id: '1', key: text, self: text }, changelog: { items: [{ field: 'labels', fromString: text, toString: text }] } })!, settings),
  'name of a site': (text) => normaliseSiteName(text),
  nesting: (text) => isTooMuch(Buffer.from(text)),
  certificates: (text) => readCertificates(`-----BEGIN CERTIFICATE-----${text}`),
};

describe('Hostile text', () => {
  fault(20, 'is read in time that goes with its length, a comment of the longest kind in ten milliseconds', async (figures) => {
    const slow: string[] = [];
    const steep: string[] = [];
    let longest = 0;
    for (const [name, program] of Object.entries(PROGRAMS)) {
      for (const piece of HOSTILE_PIECES) {
        program(hostileText(piece, 2048));
        const { comment, isSteep } = judge(program, piece);
        longest = Math.max(longest, comment);
        if (comment > LONGEST_MS) slow.push(`${name} ${JSON.stringify(piece)} ${comment.toFixed(0)} ms`);
        if (isSteep) steep.push(`${name} ${JSON.stringify(piece)}`);
      }
    }
    figures.condition(`${HOSTILE_PIECES.length} kinds of text, ${Object.keys(PROGRAMS).length} readers, 32 kB and 1 MB, time of the processor`);
    if (slow.length > 0) figures.condition(`slow: ${slow.slice(0, 5).join(', ')}`);
    figures.exactly('kinds whose time grows faster than their length', steep.join(', ') || 0, 0);
    figures.within('longest time for a comment', longest, LONGEST_MS);
  }, 600_000);
});

/** What looks slow or steep is measured again: what runs for the first time is still being compiled, and memory is tidied up now and then. */
function judge(program: (text: string) => unknown, piece: HostilePiece): { comment: number; isSteep: boolean } {
  const [short, long] = [hostileText(piece, COMMENT), hostileText(piece, MEGABYTE)];
  let comment = Math.min(millisecondsOf(program, short), millisecondsOf(program, short));
  for (let again = 0; again < 8 && comment > LONGEST_MS; again += 1) comment = Math.min(comment, millisecondsOf(program, short));
  const isFair = (): boolean => millisecondsOf(program, long) <= Math.max(comment, 2) * STEEPEST;
  return { comment, isSteep: !isFair() && !isFair() && !isFair() };
}

/** Time of the processor, which other programs do not make longer. */
function millisecondsOf(program: (text: string) => unknown, text: string): number {
  const before = process.cpuUsage();
  program(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
