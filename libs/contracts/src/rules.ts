/** The rules of a connection: which projects it serves, where their work is done, who may ask, and what else an owner decides. */
import { z } from 'zod';
import { Time, Uuid } from './paging.js';
import { DeliveryReason, RefusedReason } from './reasons.js';

/** At most so many projects, and so many addresses of people, have a line of their own. */
export const MOST_RULE_PROJECTS = 500;
export const MOST_RULE_PEOPLE = 1000;
const MOST_GATE_WORDS = 20;
const MOST_APPS = 100;

/** Control characters and halves of characters can be sent, but neither seen nor stored. */
const UNSEEN = /[\p{Cc}\p{Cs}]/u;

const words = (what: string) =>
  z
    .string({ error: 'Send a text.' })
    .trim()
    .min(1, `Enter ${what}, or remove this line.`)
    .max(255, 'At most 255 characters.')
    .refine((text) => !UNSEEN.test(text), 'There is a character inside that cannot be seen. Type it again.');

/** A list in which each text counts once, whatever its letter case. */
const listOf = (item: z.ZodType<string>, most: number) =>
  z.array(item, { error: 'Send a list.' }).max(most, `At most ${most} entries.`).overwrite((texts) => [...new Map(texts.map((text) => [text.toLowerCase(), text])).values()]);

/**
 * What an issue must have before work starts: all of the labels, one of the statuses, and something in all of the fields.
 * Statuses are names, as Jira shows them; a field is its id (`customfield_10010`, `priority`) or its name as Jira shows it to
 * the service account. Letter case does not matter.
 */
export const Gate = z
  .object({
    labels: listOf(words('a label').regex(/^\S+$/, 'A label has no blanks.'), MOST_GATE_WORDS),
    statuses: listOf(words('the name of a status'), MOST_GATE_WORDS),
    fields: listOf(words('the id or the name of a field'), MOST_GATE_WORDS),
  })
  .meta({ id: 'Gate' });
export type Gate = z.infer<typeof Gate>;

/**
 * A repository as in a `Repository:` line: `owner/name`, an address, perhaps `@branch`. It is answered with its host. An empty text
 * means none. Whether it can be read depends on the git hosts of the installation, so the server checks that.
 */
const DefaultRepository = z
  .string({ error: 'Send a text, or null for none.' })
  .trim()
  .max(500, 'At most 500 characters.')
  .refine((text) => !UNSEEN.test(text), 'There is a character inside that cannot be seen. Type it again.')
  .nullable();

/** One project, by its key in Jira. */
export const ProjectRules = z
  .object({
    key: z
      .string({ error: 'Send a text.' })
      .trim()
      .toUpperCase()
      .max(255, 'At most 255 characters.')
      .regex(/^[A-Z][A-Z0-9_]*$/, 'Enter the key of a project, like PROJ: the part of an issue key before the dash.'),
    defaultRepository: DefaultRepository,
    /** Null: work starts without conditions. */
    gate: Gate.nullable(),
  })
  .meta({ id: 'ProjectRules' });
export type ProjectRules = z.infer<typeof ProjectRules>;

const EMAIL_OR_DOMAIN = /^[^\s@,;<>]{0,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z0-9-]{2,63}$/;

const EmailOrDomain = z
  .string({ error: 'Send a text.' })
  .trim()
  .toLowerCase()
  .max(254, 'At most 254 characters.')
  .regex(EMAIL_OR_DOMAIN, 'Enter an e-mail address, like ada@example.com, or a domain with @ before it, like @example.com.');

function eachKeyOnce(projects: ProjectRules[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { key }] of projects.entries()) {
    if (seen.has(key)) context.addIssue({ code: 'custom', path: [index, 'key'], message: `${key} is in the list already. Each project has one line.` });
    seen.add(key);
  }
}

const yesOrNo = z.boolean({ error: 'Send true or false.' });

/**
 * The whole set: the body of saving and of the preview, and a part of the answer (`ConnectionRulesView`). Where nobody saved any,
 * `DEFAULT_RULES` holds.
 */
export const ConnectionRules = z
  .object({
    projects: z.array(ProjectRules, { error: 'Send a list.' }).max(MOST_RULE_PROJECTS, `At most ${MOST_RULE_PROJECTS} projects.`).superRefine(eachKeyOnce),
    /** Projects that are not in the list. What comes from a project that is not served is ignored in silence. */
    otherProjects: z.enum(['served', 'not_served'], { error: 'Choose served or not_served.' }),
    /** For projects without one of their own. */
    defaultRepository: DefaultRepository,
    /** Where no repository is named and there is no default, work starts without one. */
    withoutRepository: yesOrNo,
    /** A mention in the description of a new issue counts, once, when the issue is created. */
    addressInDescription: yesOrNo,
    /** `new:` stops the job that is at work on the issue and takes its place. */
    replaceRunningJob: yesOrNo,
    /** Everything is decided and listed, and nothing starts or is written into Jira: the reasons are then `shadow_accepted` and `shadow_refused`. */
    shadow: yesOrNo.default(false),
    /** Who may start work. Connection owner and installation administrators always may. */
    people: z.object({
      who: z.enum(['everybody_linked', 'listed'], { error: 'Choose everybody_linked or listed.' }),
      /** Verified e-mail addresses of accounts here, or `@example.com` for everybody of a domain. Counts when `who` is `listed`. */
      emails: listOf(EmailOrDomain, MOST_RULE_PEOPLE),
    }),
    /**
     * Apps and automations in Jira that may ask, by Jira account id or exact display name. Their requests run in the name and with
     * the rights of the connection's owner, so only the owner changes this list, and another owner begins with an empty one. It has no
     * effect on Jira Data Center, which does not tell apps from people.
     */
    allowedApps: z.array(words('the name or the account id of an app'), { error: 'Send a list.' }).max(MOST_APPS, `At most ${MOST_APPS} entries.`).overwrite((apps) => [...new Set(apps)]),
  })
  .meta({ id: 'ConnectionRules' });
export type ConnectionRules = z.infer<typeof ConnectionRules>;

/** What holds where nobody has saved anything. */
export const DEFAULT_RULES: ConnectionRules = {
  projects: [],
  otherProjects: 'served',
  defaultRepository: null,
  withoutRepository: false,
  addressInDescription: false,
  replaceRunningJob: false,
  shadow: false,
  people: { who: 'everybody_linked', emails: [] },
  allowedApps: [],
};

/** The rules with what a page needs to show them. */
export const ConnectionRulesView = z
  .object({
    rules: ConnectionRules,
    /** False for an administrator who is not the owner: `allowedApps` must then be sent back as it is. */
    mayChangeApps: z.boolean(),
    /** The git hosts of this installation. With more than one, a default repository is written with its host. */
    gitHosts: z.array(z.string()),
  })
  .meta({ id: 'ConnectionRulesView' });
export type ConnectionRulesView = z.infer<typeof ConnectionRulesView>;

/** What the rules would change for one delivery: the reason that it had, and the one that it would have. */
export const RulesExample = z
  .object({ deliveryId: Uuid, issueKey: z.string().nullable(), now: DeliveryReason, then: DeliveryReason })
  .meta({ id: 'RulesExample' });
export type RulesExample = z.infer<typeof RulesExample>;

/**
 * What rules that are not saved yet would have made of the latest deliveries, at most 200 whose payload is still kept, newest first.
 *
 * Nobody is asked for it, neither Jira nor git hosts. It looks at the projects that are served, at the mention in the description, at the
 * people and apps that may ask, at default repositories and runs without one, and at the replacing of running jobs. It does not look at
 * new gates (what an issue had at that time is not kept), at whether a person may push to a default repository, and at limits; so a
 * delivery that would start may still have been refused for one of these.
 */
export const RulesPreview = z
  .object({
    /** How many were looked at. Fewer when there are no more, or when the time was up. */
    looked: z.number().int(),
    moreWouldStart: z.number().int(),
    fewerWouldStart: z.number().int(),
    /** The newest of those that would start and did not, or the other way round; at most 20. */
    examples: z.array(RulesExample),
  })
  .meta({ id: 'RulesPreview' });
export type RulesPreview = z.infer<typeof RulesPreview>;

/** What a connection in shadow would have done in the last 30 days. */
export const ShadowReport = z
  .object({
    since: Time,
    /** Requests that would have been accepted: work would have started, or a command would have been carried out. */
    accepted: z.number().int(),
    refused: z.number().int(),
    /** Requests that would have been refused, by reason, the most frequent first. */
    refusals: z.array(z.object({ reason: RefusedReason, count: z.number().int() })),
  })
  .meta({ id: 'ShadowReport' });
export type ShadowReport = z.infer<typeof ShadowReport>;
