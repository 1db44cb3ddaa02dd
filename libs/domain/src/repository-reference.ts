/**
 * Which repository is the work about?
 *
 * People tell it in the comment, in an earlier comment, in the description or in the summary. Line beats address beats
 * name beats the project's default. A `Repository:` line is binding: if it cannot be followed, that is said, and nothing
 * weaker is tried. Everything is checked with the git account of the person who asks, on the hosts where that person
 * has one; being able to read a repository is not enough.
 */
import { defaultReference } from './default-repository.js';
import { type BranchReading, hostsFor, readRepositories, referenceName, type RepositoryReference, type TextReading } from './repository-reading.js';
import type { RepositoryFinding, RepositoryQuestion, RepositoryResult, RepositorySource } from './repository-question.js';
import type { TextFormat } from './text/spoken-text.js';
import type { DecisionStep } from './trigger.js';

export * from './repository-question.js';

/** At most so many earlier comments are read. */
const MOST_EARLIER_COMMENTS = 50;

/** Finds the repository. Rejects only when a git host gives no usable answer. */
export async function findRepository(question: RepositoryQuestion): Promise<RepositoryFinding> {
  const search = new RepositorySearch(question);
  return { ...(await search.run()), trace: search.trace };
}

/** A text with the place where it stands. */
interface PlacedReading extends TextReading {
  where: string;
}

function readTexts({ texts, hosts }: RepositoryQuestion): PlacedReading[] {
  const read = (where: string, body: unknown, format: TextFormat): PlacedReading => ({ where, ...readRepositories(body, format, hosts) });
  const earlier = (texts.earlierComments ?? []).filter(({ author }) => author === 'person').slice(0, MOST_EARLIER_COMMENTS);
  return [
    read('the comment', texts.comment, texts.format),
    // Names and addresses in the talk of others are no hints; their option lines are.
    ...earlier.map(({ body }) => ({ ...read('an earlier comment', body, texts.format), addresses: [], names: [] })),
    read('the description', texts.description, texts.format),
    read('the summary', texts.summary, 'plain'),
  ];
}

/** A repository that the person may write to, and the reference that led to it. */
interface Confirmed {
  host: string;
  path: string;
  branch: string | null;
  from: PlacedReading | null;
}

/** What asking about one reference gave. */
interface Asked {
  reference: RepositoryReference;
  writable: Confirmed[];
  expired: string[];
}

class RepositorySearch {
  readonly trace: DecisionStep[] = [];
  private readonly readings: PlacedReading[];
  private readonly passedOver: string[] = [];
  private readonly unconnected: string[] = [];
  private readonly expired: string[] = [];

  constructor(private readonly question: RepositoryQuestion) {
    this.readings = readTexts(question);
  }

  async run(): Promise<RepositoryResult> {
    return (await this.byLine()) ?? (await this.byHint('url')) ?? (await this.byHint('name')) ?? (await this.byProjectDefault()) ?? this.nothing();
  }

  /** The first text that has lines decides, for better or worse. */
  private async byLine(): Promise<RepositoryResult | null> {
    const reading = this.readings.find(({ lines }) => lines.length > 0);
    if (!reading) return null;
    const where = `the Repository line of ${reading.where}`;
    for (const line of reading.lines) {
      if (line.kind === 'invalid') return this.refuse({ status: 'invalid', text: line.value, fault: 'reference' }, `"${line.value}" in ${where} cannot be read.`);
      if (line.kind === 'unknown_host') return this.refuse({ status: 'unknown_host', host: line.host }, `${line.host} in ${where} is no git host of this installation.`);
    }
    const references = mergeSpellings(reading.lines.flatMap((line) => (line.kind === 'references' ? line.references : [])));
    if (references.length > 1) return this.ambiguous(references.map(referenceName), where);
    return this.bindingReference(references[0]!, reading, where);
  }

  private async bindingReference(reference: RepositoryReference, from: PlacedReading, where: string): Promise<RepositoryResult> {
    const name = referenceName(reference);
    if (this.isUnconnected(reference)) {
      return this.refuse({ status: 'not_connected', host: reference.host }, `${name} in ${where}: the person has no account at ${reference.host ?? 'a git host'}.`);
    }
    const asked = await this.ask(reference, from);
    if (asked.writable.length > 1) return this.ambiguous(asked.writable.map(referenceName), where);
    if (asked.writable.length === 1) return this.found(asked.writable[0]!, 'line', where);
    if (asked.expired.length > 0) return this.refuse({ status: 'signin_expired', host: asked.expired[0]! }, `${name} in ${where}: the sign-in at ${asked.expired[0]} has ended.`);
    return this.refuse({ status: 'no_access', candidates: [name] }, `${name} in ${where}: no right to write, or no such repository.`);
  }

  /** Addresses or names, text by text. What the person may not write to is passed over. */
  private async byHint(source: 'url' | 'name'): Promise<RepositoryResult | null> {
    for (const reading of this.readings) {
      const hints = source === 'url' ? reading.addresses : reading.names;
      const asked = await settled(hints.map((hint) => this.ask(hint, reading)));
      const writable = mergeConfirmed(asked.flatMap((one) => one.writable));
      const where = `${source === 'url' ? 'an address' : 'a name'} in ${reading.where}`;
      for (const one of asked) this.passOver(one, source, where);
      if (writable.length > 1) return this.ambiguous(writable.map(referenceName), where);
      if (writable.length === 1) return this.found(writable[0]!, source, where);
    }
    return null;
  }

  private passOver({ reference, writable, expired }: Asked, source: 'url' | 'name', where: string): void {
    if (writable.length > 0) return;
    this.expired.push(...expired);
    const name = referenceName(reference);
    if (this.isUnconnected(reference)) {
      this.unconnected.push(reference.host ?? '');
      this.note('info', `${name}, ${where}: passed over, the person has no account there.`);
      return;
    }
    if (source === 'url') this.passedOver.push(name);
    this.note('info', `${name}, ${where}: passed over, ${expired.length > 0 ? 'the sign-in has ended' : 'no right to write, or no such repository'}.`);
  }

  private async byProjectDefault(): Promise<RepositoryResult | null> {
    const setting = this.question.projectDefault;
    if (!setting) return null;
    const reference = defaultReference(setting);
    if (this.isUnconnected(reference)) return this.refuse({ status: 'not_connected', host: reference.host }, `${setting}, the default of the project: the person has no account at ${reference.host}.`);
    const { writable, expired } = await this.ask(reference, null);
    if (writable.length > 0) return this.found(writable[0]!, 'project_default', 'the default of the project');
    if (expired.length > 0) return this.refuse({ status: 'signin_expired', host: reference.host }, `${setting}, the default of the project: the sign-in has ended.`);
    return this.refuse({ status: 'no_access', candidates: [setting] }, `${setting}, the default of the project: no right to write.`);
  }

  private nothing(): RepositoryResult {
    if (this.question.runWithoutRepository) {
      this.note('yes', 'No repository was named, and a run without one is allowed.');
      return { status: 'without' };
    }
    const [expired] = this.expired;
    if (expired) return this.refuse({ status: 'signin_expired', host: expired }, `The sign-in at ${expired} has ended, so what was named could not be checked.`);
    if (this.passedOver.length > 0) return this.refuse({ status: 'no_access', candidates: sorted(this.passedOver) }, 'The person may write to none of the addresses.');
    if (this.unconnected.length > 0) return this.refuse({ status: 'not_connected', host: this.unconnected[0] || null }, 'What was named could not be checked without a git account.');
    return this.refuse({ status: 'missing' }, 'No repository was found in the comment, earlier comments, the description or the summary.');
  }

  /** A bare name is unconnected only when the person has no git account at all. */
  private isUnconnected({ host }: RepositoryReference): boolean {
    return host === null ? this.question.accounts.length === 0 : !this.question.accounts.includes(host);
  }

  private async ask(reference: RepositoryReference, from: PlacedReading | null): Promise<Asked> {
    const hosts = hostsFor(reference, this.question.hosts, this.question.accounts);
    const answers = await settled(hosts.map((host) => this.question.access.confirm(host, reference.path, null)));
    const asked: Asked = { reference, writable: [], expired: [] };
    for (const [index, answer] of answers.entries()) {
      const host = hosts[index]!;
      if (answer.kind === 'writable') asked.writable.push({ host, path: answer.fullName, branch: reference.branch, from });
      if (answer.kind === 'signin_expired') asked.expired.push(host);
    }
    return asked;
  }

  private async found({ host, path, branch: own, from }: Confirmed, source: RepositorySource, where: string): Promise<RepositoryResult> {
    const chosen = this.chooseBranch(own, from);
    if (chosen && !chosen.valid) return this.refuse({ status: 'invalid', text: chosen.value, fault: 'branch_name' }, `The branch "${chosen.value}" cannot be read.`);
    const branch = chosen?.branch ?? null;
    if (branch !== null) {
      const answer = await this.question.access.confirm(host, path, branch);
      if (answer.kind === 'writable' && answer.branch === 'missing') {
        return this.refuse({ status: 'invalid', text: branch, fault: 'branch_missing', repository: path }, `${host}/${path} has no branch "${branch}".`);
      }
    }
    this.note('yes', `${host}/${path}${branch === null ? '' : `, branch ${branch}`}, from ${where}.`);
    return { status: 'found', repository: { host, path }, branch, source };
  }

  /** The first text that names a branch decides; there `@branch` of the chosen reference goes before a `Branch:` line. */
  private chooseBranch(own: string | null, from: PlacedReading | null): BranchReading | null {
    for (const reading of this.readings) {
      if (reading === from && own !== null) return { valid: true, branch: own };
      if (reading.branchLine) return reading.branchLine;
    }
    // The default of a project stands in no text, so its branch is the last to be asked.
    return own === null ? null : { valid: true, branch: own };
  }

  private ambiguous(names: string[], where: string): RepositoryResult {
    const candidates = sorted(names);
    return this.refuse({ status: 'ambiguous', candidates }, `${candidates.join(', ')}: ${where} names more than one.`);
  }

  private refuse(result: RepositoryResult, detail: string): RepositoryResult {
    this.note('no', detail);
    return result;
  }

  private note(result: DecisionStep['result'], detail: string): void {
    this.trace.push({ step: 'repository', result, detail });
  }
}

/**
 * Waits for all, then fails if one failed: no request is left running unseen, and an outage is never read as "no access".
 */
async function settled<Answer>(requests: Promise<Answer>[]): Promise<Answer[]> {
  await Promise.allSettled(requests);
  return Promise.all(requests);
}

/** Spellings of one repository become one; the same name with and without its host is one repository, with its host. */
function mergeSpellings(references: RepositoryReference[]): RepositoryReference[] {
  const merged = new Map<string, RepositoryReference>();
  for (const reference of references) {
    const key = referenceName(reference).toLowerCase();
    const known = merged.get(key);
    if (!known) merged.set(key, { ...reference });
    else known.branch ??= reference.branch;
  }
  return [...merged.values()].filter((one) => one.host !== null || !takenWithHost(one, [...merged.values()]));
}

/** Hands the branch of a bare name on to the same name with a host; false when there is none. */
function takenWithHost(bare: RepositoryReference, all: RepositoryReference[]): boolean {
  const withHost = all.find(({ host, path }) => host !== null && path.toLowerCase() === bare.path.toLowerCase());
  if (withHost) withHost.branch ??= bare.branch;
  return withHost !== undefined;
}

function mergeConfirmed(confirmed: Confirmed[]): Confirmed[] {
  const merged = new Map<string, Confirmed>();
  for (const one of confirmed) {
    const key = referenceName(one);
    const known = merged.get(key);
    if (!known) merged.set(key, { ...one });
    else known.branch ??= one.branch;
  }
  return [...merged.values()];
}

function sorted(names: string[]): string[] {
  return [...new Set(names)].sort();
}
