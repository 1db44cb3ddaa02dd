/**
 * Why a job ended without a result, and what to do about it, in words for people in the issue.
 * What the agent's service printed is not repeated: it may hold addresses and keys.
 */
import type { JobFailureReason } from '@openhands-jira/contracts';

/** What is known beyond the reason. All fields are optional. */
export interface FailureDetails {
  /** True when the job ran under the person's own key for the agent. */
  ownKey?: boolean;
  /** Which kind of limit of the agent's account was used up. */
  quota?: 'budget' | 'credit' | 'iterations';
  /** The time limit that was reached, in minutes. */
  limitMinutes?: number;
}

/** One sentence why, one sentence what to do. */
export interface FailureWords {
  why: string;
  next: string;
}

export function failureWords(reason: JobFailureReason, details: FailureDetails): FailureWords {
  switch (reason) {
    case 'agent_quota_exceeded':
      return quotaWords(details.quota);
    case 'time_limit':
      return timeWords(details.limitMinutes);
    case 'agent_not_configured':
      return {
        why: 'no key for the agent is set.',
        next: 'Set your own on the Account page, or ask an administrator to have one set for everybody.',
      };
    case 'agent_key_rejected':
      return keyWords(details.ownKey === true);
    default:
      return WORDS[reason];
  }
}

/** Everybody may set an own key; that of the installation is set by those who run the service. */
function keyWords(ownKey: boolean): FailureWords {
  if (ownKey) return { why: 'the agent refuses your own key.', next: 'Set a new one on the Account page.' };
  return {
    why: 'the agent refuses the key of this installation.',
    next: 'Ask an administrator to have a new one set, or set your own on the Account page.',
  };
}

function quotaWords(quota: FailureDetails['quota']): FailureWords {
  switch (quota) {
    case 'iterations':
      return {
        why: 'the agent used up the number of steps it may take in one run.',
        next: 'Ask for a smaller part of the work, or raise the limit in the settings of the agent.',
      };
    case 'credit':
      return { why: 'the credit of the account at the agent is used up.', next: 'Add credit there, then try again.' };
    default:
      return {
        why: 'the budget of the account at the agent is used up.',
        next: 'Raise the budget in the settings of the agent, then try again.',
      };
  }
}

function timeWords(minutes: number | undefined): FailureWords {
  const limit = minutes === undefined ? 'the time limit' : `the time limit of ${minutes} minutes`;
  return {
    why: `it reached ${limit}.`,
    next: 'What was pushed until then is kept; ask for a smaller part of the work, or ask an administrator for a longer limit.',
  };
}

const WORDS: Record<
  Exclude<JobFailureReason, 'agent_quota_exceeded' | 'time_limit' | 'agent_not_configured' | 'agent_key_rejected'>,
  FailureWords
> = {
  agent_unreachable: {
    why: 'the service of the agent did not answer, though it was asked several times.',
    next: 'Please try again later.',
  },
  agent_start_failed: {
    why: 'the agent could not be started.',
    next: 'Please try again; if it happens again, an administrator finds the cause in the details.',
  },
  agent_start_timeout: {
    why: 'the agent was not ready within 20 minutes.',
    next: 'Please try again; if it happens again, an administrator should look at the service of the agent.',
  },
  agent_settings_missing: {
    why: 'the account at the agent has no language model set.',
    next: 'Choose one in the settings of the agent, under LLM, then try again.',
  },
  agent_model_key_invalid: {
    why: 'the language model refuses the key that is set at the agent.',
    next: 'Set a valid key in the settings of the agent, under LLM, then try again.',
  },
  agent_error: {
    why: 'the run of the agent ended with an error.',
    next: 'Try again; if the error comes back, describe the work in other words or in smaller parts.',
  },
  agent_stuck: {
    why: 'the agent repeated itself without getting further and was halted.',
    next: 'Say more exactly what you need, or ask for a smaller part of the work.',
  },
  agent_idle: {
    why: 'the agent was ready but never began to work.',
    next: 'Please try again.',
  },
  agent_suspended: {
    why: "the agent's machine was paused in the middle of the run.",
    next: 'The work may be incomplete; try again to go on.',
  },
  agent_sandbox_error: {
    why: "the agent's machine failed in the middle of the run.",
    next: 'The work may be incomplete; please try again.',
  },
  agent_sandbox_missing: {
    why: "the agent's machine was lost in the middle of the run.",
    next: 'The work may be incomplete; please try again.',
  },
};
