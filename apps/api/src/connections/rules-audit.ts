/** A change of the rules as the audit log tells it: one line per rule that changed. Entries are kept for ever, so addresses of people are only counted. */
import { isDeepStrictEqual } from 'node:util';
import type { ConnectionRules, ProjectRules } from '@openhands-jira/contracts';
import type { Change } from '../security/audit-log.service.js';

type Lines = Change['changes'];

/** Longer lists are told by their beginning: the log names the change, it is no copy of the rules. */
const LONGEST_LINE = 500;

/** One rule: what is compared, and how it is told. */
interface Told {
  value: unknown;
  words: string | null;
}

/** The rules that differ, with what they were and what they are. */
export function ruleLines(former: ConnectionRules, present: ConnectionRules): Lines {
  const [before, after] = [told(former), told(present)];
  const names = [...new Set([...after.keys(), ...before.keys()])];
  const changed = names.filter((name) => !isDeepStrictEqual(before.get(name)?.value, after.get(name)?.value));
  return changed.map((name) => ({ name, from: shown(before.get(name)?.words), to: shown(after.get(name)?.words) }));
}

function told({ projects, ...rules }: ConnectionRules): Map<string, Told> {
  return new Map<string, Told>([
    ['projects that are not in the list', { value: rules.otherProjects, words: rules.otherProjects === 'served' ? 'served' : 'not served' }],
    ['default repository', { value: rules.defaultRepository, words: rules.defaultRepository }],
    ['work without a repository', onOrOff(rules.withoutRepository)],
    ['mention in the description', onOrOff(rules.addressInDescription)],
    ['new: replaces the running job', onOrOff(rules.replaceRunningJob)],
    ['only watch', onOrOff(rules.shadow)],
    ['people who may start work', { value: rules.people, words: peopleWords(rules.people) }],
    ['apps that may ask', { value: rules.allowedApps, words: rules.allowedApps.join(', ') }],
    ...projects.map((project) => [`project ${project.key}`, { value: [project.defaultRepository, project.gate], words: projectWords(project) }] as const),
  ]);
}

function onOrOff(is: boolean): Told {
  return { value: is, words: is ? 'on' : 'off' };
}

function peopleWords({ who, emails }: ConnectionRules['people']): string {
  if (who === 'everybody_linked') return 'everybody who is linked';
  const domains = emails.filter((one) => one.startsWith('@'));
  return [...domains, `${emails.length - domains.length} e-mail addresses`].join(', ');
}

function projectWords({ defaultRepository, gate }: ProjectRules): string {
  const asked = gate ? [...gate.labels.map((label) => `label ${label}`), ...gate.statuses.map((status) => `status ${status}`), ...gate.fields.map((field) => `field ${field}`)] : [];
  return [defaultRepository ?? 'no default repository', ...(asked.length > 0 ? [`asks for ${asked.join(', ')}`] : [])].join('; ');
}

function shown(words: string | null | undefined): string | null {
  return words ? words.slice(0, LONGEST_LINE).toWellFormed() : null;
}
