/** The words of the rules of a connection. */
import type { RulesPreview } from '@openhands-jira/contracts';

export const rulesTexts = {
  title: 'Rules',
  link: 'Open the rules',
  linkNamed: (site: string) => `Rules of ${site}`,
  linkIntro: 'Which projects are served, in which repositories, under which conditions, and who may ask.',
  intro: (site: string) => `Where OpenHands works on ${site}, for whom, and in which repositories. Changes count for whatever comes after they are saved.`,
  introUnknown: 'Where OpenHands works, for whom, and in which repositories. Changes count for whatever comes after they are saved.',
  back: 'Back to the connection',
  kept: 'These are your changes from before. They are not saved yet.',

  projects: 'Projects',
  projectsIntro: 'A project with a line of its own can have its own repository, and conditions that an issue must meet before work starts. Commas separate several labels, statuses or fields: an issue needs all of the labels, one of the statuses, and something in each of the fields.',
  projectsCaption: 'Projects with rules of their own',
  noProjects: 'No project has rules of its own.',
  columns: { key: 'Project key', defaultRepository: 'Default repository', labels: 'Labels', statuses: 'Statuses', fields: 'Fields', action: 'Action' },
  cell: (column: string, project: string) => `${column} of ${project}`,
  newProject: 'the new project',
  addProject: 'Add a project',
  removeProject: 'Remove',
  removeNamed: (project: string) => `Remove ${project}`,
  removed: (project: string) => `${project} was removed from the list.`,
  otherProjects: 'Projects that are not in the list',
  otherChoices: {
    served: { label: 'Serve them', description: 'OpenHands works in every project that its service account can see.' },
    not_served: { label: 'Leave them alone', description: 'Whatever comes from them is ignored in silence. The activity shows it.' },
  },

  work: 'Repositories and requests',
  defaultRepository: 'Default repository',
  defaultRepositoryHelp: (hosts: string[]) => `Used when neither the request nor the issue names one, and its project has none. For example owner/name, perhaps with @branch.${hosts.length > 1 ? ` Put its host before it: ${hosts.join(', ')}.` : ''}`,
  withoutRepository: 'Work without a repository',
  withoutRepositoryHelp: 'When there is none at all, OpenHands starts anyway, for questions and plans. When off, it asks for a repository in the issue.',
  addressInDescription: 'Listen to descriptions',
  addressInDescriptionHelp: 'A mention in the description of a new issue counts as a request, once, when the issue is created.',
  replaceRunningJob: 'A new request may replace the job at work',
  replaceRunningJobHelp: 'A request that begins with "new:" stops the job that is at work on the issue and takes its place.',

  shadowTitle: 'Only watch',
  shadow: 'Only watch',
  shadowHelp: 'Every request is decided and listed in the activity, but nothing starts, and nothing is written in Jira. Jobs that are at work go on, and can be stopped.',
  shadowReport: (accepted: number, refused: number) => `In the last 30 days, while it only watched, this connection would have accepted ${accepted} and refused ${refused} requests.`,
  shadowRefusals: 'Reasons of the refusals',
  shadowAccepted: 'Would have been accepted',
  shadowRefused: 'Would have been refused',

  people: 'People',
  who: 'Who may start work',
  whoChoices: {
    everybody_linked: { label: 'Everybody who connected a Jira account', description: 'What they may do in a repository is decided by their git account as always.' },
    listed: { label: 'Only people of a list', description: 'The owner of the connection and administrators may always.' },
  },
  emails: 'People of the list',
  emailsHelp: 'One to a line: the e-mail address of an account here, or @example.com for everybody of a domain.',

  apps: 'Apps and automations',
  appsIntroOwner: 'Apps in Jira that may ask for work, by their account id or their exact name. Whatever they ask for runs in your name and with your rights, so only you can change this list; another owner would begin with an empty one.',
  appsIntroOther: 'Apps in Jira that may ask for work. Whatever they ask for runs in the name and with the rights of the owner of the connection, so only the owner can change this list.',
  appsDataCenter: 'Jira Data Center does not tell apps from people, so this list has no effect there.',
  appsLabel: 'Allowed apps',
  appsHelp: 'One to a line. Without any, requests of apps are refused.',
  noApps: 'No app may ask for work.',

  save: 'Save',
  discard: 'Discard the changes',
  discarded: 'The changes were discarded.',
  saved: 'Saved. The rules count for whatever comes from now on.',
  nothingChanged: 'Nothing was changed.',
  unsaved: 'Not saved yet.',
  previewing: 'Looking at what came lately …',
  previewFailed: 'What this would change could not be found out. You can save without it; change any value to have it looked at again.',
  preview: ({ looked, moreWouldStart, fewerWouldStart }: RulesPreview) => {
    if (looked === 0) return 'Nothing came lately that could be compared.';
    if (moreWouldStart === 0 && fewerWouldStart === 0) return `Of the last ${looked} deliveries, none would start or stop starting work.`;
    return `Of the last ${looked} deliveries, ${moreWouldStart} more would start work, ${fewerWouldStart} fewer.`;
  },
  examples: 'Deliveries that would end otherwise',
  examplesIntro: 'The newest of them. Gates, access to repositories and limits are not part of this look.',
  example: (now: string, then: string) => `${now} → ${then}`,
  openDelivery: (issue: string) => `Delivery of ${issue}`,
};
