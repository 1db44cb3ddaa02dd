import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The OpenAPI 3.1 document of every route, made from the controllers and the schemas of the contracts. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('openhands-jira')
    .setDescription('Start OpenHands from Jira issues: connections, links, deliveries and jobs.')
    .setVersion('0.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API token of a person, or the administrator token.' }, 'token')
    .addCookieAuth('session', { type: 'apiKey', in: 'cookie' }, 'session')
    .addSecurityRequirements('token')
    .addSecurityRequirements('session')
    .build();
  return SwaggerModule.createDocument(app, description);
}

/** Serves the document at `/api/openapi.json` and a page to browse it at `/api/docs`. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), { jsonDocumentUrl: 'api/openapi.json' });
}
