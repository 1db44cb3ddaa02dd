import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Product } from '@openhands-jira/contracts';
import type { FastifyReply } from 'fastify';
import { returnPage } from './oauth-return.js';

/** For the addresses that a Jira sends browsers back to: whatever goes wrong on our side, a person lands on a page that says so. */
@Catch()
export class OAuthFailures implements ExceptionFilter {
  private readonly log = new Logger('oauth');

  constructor(private readonly product: Product) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.log.error({ err: error, product: this.product }, 'A Jira account could not be linked, because of an error on our side');
    const { url, statusCode } = returnPage(this.product, { result: 'failed', code: 'internal_error' });
    void host.switchToHttp().getResponse<FastifyReply>().header('cache-control', 'no-store').redirect(url, statusCode);
  }
}
