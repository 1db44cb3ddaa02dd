import { Injectable, Logger } from '@nestjs/common';
import type { Trial } from '@openhands-jira/contracts';
import { canBeCopied, REASON_TEXTS } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { DeliveryLog } from '../deliveries/delivery-log.service.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import type { Caller } from '../security/access.js';
import type { TrialRun } from './context.js';
import type { Outlook } from './decision.js';
import { failureOf } from './failure.js';
import { Trace } from './trace.js';
import { Triage, type Judged } from './triage.service.js';
import { shownComment, shownJob, withHiddenAddresses } from './trial-view.js';

/** A trial of what is stored sees Jira as it is. */
export const AS_IT_IS: TrialRun = { seenThrough: (client) => client };

/**
 * Decisions that are only tried. They come from the same code as real ones; what a decision means is a value until it is
 * settled, and here it never is.
 */
@Injectable()
export class Trials {
  private readonly logger = new Logger('triage');

  constructor(
    private readonly triage: Triage,
    private readonly log: DeliveryLog,
    private readonly connections: Connections,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** What would become of a stored delivery under today's settings. */
  async dryRun(caller: Caller, deliveryId: string): Promise<Trial> {
    const delivery = await this.log.keptFor(caller, deliveryId);
    return this.run(delivery, await this.connections.byId(delivery.connectionId), new Trace([], this.clock), AS_IT_IS);
  }

  /** Judges a delivery and tells of it. Whatever does not answer is told in words. */
  async run(delivery: DeliveryEntity, connection: ConnectionEntity | null, trace: Trace, seen: TrialRun): Promise<Trial> {
    try {
      const judged = await this.triage.judge(delivery, connection, trace, seen);
      return withHiddenAddresses(await this.told(judged, trace));
    } catch (error) {
      return withHiddenAddresses(this.unanswered(error, trace));
    }
  }

  /** Something that a decision needs did not answer, or somebody else comes first. A fault of our own is told like that of a real decision. */
  unanswered(error: unknown, trace: Trace): Trial {
    const reason = failureOf(error);
    if (reason === 'internal_error') this.logger.error({ err: error }, 'A trial did not come to an end');
    const nothing = { trace: trace.steps, comment: null, job: null };
    if (!reason) return { ...nothing, outcome: 'pending', reason, detail: `${(error as Error).message}. Try again in a moment.`, fixHint: null };
    const { title, hint } = REASON_TEXTS[reason];
    return { ...nothing, outcome: 'failed', reason, detail: `${title}. A real delivery is tried again for half an hour.`, fixHint: hint };
  }

  private async told({ decision, request }: Judged, trace: Trace): Promise<Trial> {
    const { outcome, reason, detail } = decision;
    const outlook = decision.outcome === 'job' && decision.outlook ? await decision.outlook() : refusalOf(decision);
    // Where nobody can tell who may read an answer, none is written.
    const isTold = !request || !('audience' in request) || canBeCopied(request.audience);
    return {
      outcome,
      reason,
      detail,
      fixHint: outcome === 'job' ? null : REASON_TEXTS[reason].hint || null,
      trace: trace.steps,
      comment: outlook && isTold ? shownComment(outlook.comment, this.config) : null,
      job: outlook?.job ? shownJob(outlook.job) : null,
    };
  }
}

function refusalOf(decision: Judged['decision']): Outlook | null {
  return decision.outcome === 'refused' && decision.message ? { comment: decision.message, job: null } : null;
}
