import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, type StandardSchemaConversionResult, SwaggerModule } from '@nestjs/swagger';
import { ProblemBody } from '@openhands-jira/contracts';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { VERSION } from './config/version.js';
import { problemAnswers } from './security/problem-answers.js';

/** The OpenAPI 3.1 document of every route, made from the controllers and the schemas of the contracts. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('openhands-jira')
    .setDescription('Start OpenHands from Jira issues: connections, links, deliveries and jobs.')
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API token of a person, or the administrator token.' }, 'token')
    .addCookieAuth('session', { type: 'apiKey', in: 'cookie', description: 'A browser in which a person signed in. Changes need an Origin header of this service too.' }, 'session')
    .addSecurityRequirements('token')
    .addSecurityRequirements('session')
    .build();
  const document = SwaggerModule.createDocument(app, description, {
    standardSchemaConverter: toJsonSchema,
    // Generated clients make their names of it.
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  for (const [method, operation] of operationsOf(document)) describeOperation(method, operation);
  document.components!.schemas = { ...document.components!.schemas, ...(toJsonSchema(ProblemBody).components as object) };
  return document;
}

/** Serves the document at `/api/openapi.json` and a page to browse it at `/api/docs`. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), { jsonDocumentUrl: 'api/openapi.json', raw: ['json'] });
}

/**
 * A schema of the contracts as JSON Schema 2020-12, which is what OpenAPI 3.1 uses; by itself Nest asks for the dialect of
 * OpenAPI 3.0. Schemas with an id become components. Always as input: a schema of what we answer would otherwise forbid
 * further properties, and no client could live through a new one.
 */
function toJsonSchema(schema: unknown): StandardSchemaConversionResult {
  const { $schema: _, $defs, ...root } = z.toJSONSchema(schema as z.ZodType, {
    target: 'draft-2020-12',
    io: 'input',
    // The format says it; zod's expressions for UUIDs and times fill half a page each.
    override: ({ jsonSchema }) => void (jsonSchema.format && delete jsonSchema.pattern),
  });
  return { schema: root, components: $defs ?? {} };
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

function operationsOf(document: OpenAPIObject): [string, Operation][] {
  return Object.values(document.paths).flatMap((path) => Object.entries(path as Record<string, Operation>));
}

/** Public routes need nothing; every other may answer 401, and 403 to a change that a foreign page sends with a cookie. */
function describeOperation(method: string, operation: Operation): void {
  if (isPublic(operation)) operation.security = [];
  else operation.responses = { ...problemAnswers(method === 'get' ? ['unauthenticated'] : ['unauthenticated', 'origin_mismatch']), ...operation.responses };
  for (const [status, answer] of Object.entries(operation.responses as Record<string, { description: string }>)) answer.description ||= STATUS_CODES[status] ?? status;
}

/** `@Public()` leaves one empty requirement: "or nothing at all". */
function isPublic(operation: Operation): boolean {
  return operation.security?.some((requirement) => Object.keys(requirement).length === 0) ?? false;
}
