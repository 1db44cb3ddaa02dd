/** The words about whether a person is ready to ask for work. They are loaded after the list of integrations. */

export const readinessTexts = {
  title: 'Ready to ask?',
  intro: 'What OpenHands needs from you before it works when you ask in an issue.',
  list: 'What is needed from you',
  words: { ready: 'Ready', todo: 'To do', unknown: 'Cannot tell' },
  names: { account: 'Your Jira account', git: 'Your git account', key: 'OpenHands key', email: 'Your e-mail address' },
  summary: (todo: number) => (todo === 0 ? 'Nothing is left for you to do.' : todo === 1 ? 'One thing is left for you to do.' : `${todo} things are left for you to do.`),

  linkedAs: (name: string, site: string) => `${name} on ${site}.`,
  linkedByEmail: 'Not linked yet, and nothing to press: the first time you mention OpenHands in an issue, your e-mail address links you.',
  notLinked: (product: string) => `Not connected. Connect it under ${product}: without that, OpenHands does not know for whom it works.`,
  toIntegration: (product: string) => `Open ${product}`,

  gitAs: (login: string, host: string) => `${login} at ${host}.`,
  gitOnly: 'OpenHands works on repositories where it may write.',
  gitEnded: (login: string, host: string) => `The sign-in of ${login} at ${host} has ended. Sign in there again before you ask for work on its repositories.`,
  gitMissing: 'None is connected. Sign in with the git account that holds your repositories.',
  toGit: 'Sign in with a git account',

  ownKey: 'Your own key is set: your jobs run under your OpenHands account.',
  sharedKey: 'Your jobs run under the key of this installation. You can set your own on the Account page.',
  noKey: 'No key is set, so no job can start. Set your own on the Account page, or ask an administrator to have one set for everybody.',
  toAccount: 'Open your account',

  emailFits: (email: string, product: string) => `${email} was found in ${product}.`,
  emailUnseen: (email: string, product: string) => `It must be ${email} in ${product}, too, and visible in your profile there. Whether it is, the first mention shows; "Link account" shows it at once.`,
  emailMissing: (product: string) => `Your git provider tells no confirmed address, and ${product} finds people by it. Confirm your address at the git provider, then sign in here again.`,
};
