import { AgentStarts } from './agent-starts.js';
import { AgentStopper } from './agent-stopper.js';
import { ConversationFollower } from './conversation-follower.js';
import { Follower } from './follower.js';
import { FollowerLoop } from './follower-loop.js';
import { JobAdmission } from './job-admission.js';
import { JobEndings } from './job-endings.js';
import { JobLimits } from './job-limits.js';
import { JobLog } from './job-log.service.js';
import { JobProgress } from './job-progress.js';
import { JobTimeline } from './job-timeline.js';
import { Jobs } from './jobs.service.js';
import { JobWork } from './job-work.js';
import { Messenger } from './messenger.js';
import { Notes } from './notes.service.js';
import { Reporter } from './reporter.js';
import { RunProgress } from './run-progress.js';
import { Runner } from './runner.js';
import { Runs } from './runs.service.js';

/** What the room needs inside, without the rooms below it. Tests put it together with their own agent and plan. */
export const JOB_PROVIDERS = [
  Jobs, JobLog, JobTimeline, JobLimits, JobEndings, JobProgress, JobAdmission, JobWork, Reporter, Runs, RunProgress, Runner, AgentStarts, AgentStopper, Messenger, Notes,
  ConversationFollower, Follower, FollowerLoop,
];
