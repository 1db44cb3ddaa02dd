import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { AppConfig } from './config.js';
import { traceIdNow } from './tracing.js';
import { workContext } from './work-context.js';

/** Names of values that never reach the log, wherever they stand. */
const SECRET_NAMES = ['authorization', 'cookie', 'set-cookie', 'x-hub-signature', 'password', 'token', 'accessToken', 'refreshToken', 'secret', 'webhookSecret', 'apiKey', 'clientSecret', 'serviceAccountApiToken', 'adminToken'];

/**
 * Logs with pino. Bodies are never logged; of a request only method and path (queries hold OAuth codes), of an error only
 * its type, message and stack.
 */
export function loggerModule(config: AppConfig): DynamicModule {
  const pretty = config.env.LOG_FORMAT ? config.env.LOG_FORMAT === 'pretty' : Boolean(process.stdout.isTTY);
  return LoggerModule.forRoot({
    // No logger for each request, most of which never log: `mixin` says what a line is about.
    forRoutes: [],
    pinoHttp: {
      level: config.env.LOG_LEVEL,
      autoLogging: false,
      // The serializers below get the error and the request themselves, not a copy that was made for the log already.
      wrapSerializers: false,
      mixin: logContext,
      redact: { paths: SECRET_NAMES.flatMap((name) => [quoted(name), `*${bracketed(name)}`, `*.*${bracketed(name)}`]), censor: '[removed]' },
      serializers: {
        err: (error: Error) => ({ type: error.name, message: error.message, stack: error.stack }),
      },
      ...(pretty && { transport: { target: 'pino-pretty', options: { singleLine: true, ignore: 'pid,hostname,req,context', messageFormat: '{context}: {msg}' } } }),
    },
  });
}

/** Every line names what it is about: the request, the delivery, the job, and the trace when there is one. */
function logContext(): Record<string, unknown> {
  const { request, deliveryId, jobId } = workContext();
  const traceId = traceIdNow();
  return { ...(request && { requestId: request.id, req: { method: request.method, path: request.url.split('?')[0] } }), ...(deliveryId && { deliveryId }), ...(jobId && { jobId }), ...(traceId && { traceId }) };
}

function quoted(name: string): string {
  return /^\w+$/.test(name) ? name : `["${name}"]`;
}

function bracketed(name: string): string {
  return /^\w+$/.test(name) ? `.${name}` : `["${name}"]`;
}
