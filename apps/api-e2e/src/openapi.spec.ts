import { HttpAdapterHost } from '@nestjs/core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Stage } from './stage.js';

interface Operation {
  summary?: string;
  tags?: string[];
  security?: unknown[];
  requestBody?: { content: Record<string, { schema: { $ref?: string; type?: string; anyOf?: unknown; oneOf?: unknown } }> };
  parameters?: { name: string; in: string; schema: object }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: { $ref?: string; type?: string; items?: { $ref?: string } } }> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
  security: unknown[];
}

/** The addresses of the document itself and of the page to browse it. */
const DOCUMENTATION = /^\/api\/(docs|openapi\.json)/;
/** What the document promises to cover; other addresses are the page's. */
const DESCRIBED = /^\/(api|auth|integration|healthz|readyz|metrics)\b/;

describe('The OpenAPI document', () => {
  let stage: Stage;
  let document: Document;
  let operations: { name: string; path: string; operation: Operation }[];

  beforeAll(async () => {
    stage = await Stage.open();
    document = (await (await fetch(`${stage.url}/api/openapi.json`)).json()) as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })));
  });
  afterAll(() => stage.close());

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(document as never)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(document.openapi).toBe('3.1.0');
  });

  it('covers every route that the server has, and no other', () => {
    const router = stage.inside(HttpAdapterHost).httpAdapter.getInstance() as { printRoutes(options: object): string };
    const served = servedRoutes(router.printRoutes({ commonPrefix: false })).filter((route) => DESCRIBED.test(route.split(' ')[1]!));
    expect(operations.map((one) => one.name).sort()).toEqual(served.sort());
  });

  it('has no two paths that differ in the name of a parameter only', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replaceAll(/\{[^}]+\}/g, '{}'));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('says of every route what it is for, and describes every answer', () => {
    for (const { name, operation } of operations) {
      expect({ name, summary: operation.summary, tags: operation.tags }).toEqual({ name, summary: expect.stringMatching(/^\S.{3,}/), tags: [expect.any(String)] });
      for (const [status, answer] of Object.entries(operation.responses)) expect({ name, status, described: answer.description !== '' }).toEqual({ name, status, described: true });
    }
  });

  it('gives every answer with a body a schema of the contracts, and every error the one of problems', () => {
    for (const { name, operation } of operations) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (['204', '302'].includes(status) || name === 'GET /metrics') continue;
        const schema = content?.[Number(status) < 400 ? 'application/json' : 'application/problem+json']?.schema;
        const reference = schema?.$ref ?? schema?.items?.$ref;
        expect({ name, status, reference }).toEqual({ name, status, reference: Number(status) < 400 ? expect.stringMatching(/^#\/components\/schemas\//) : '#/components/schemas/Problem' });
        expect(document.components.schemas).toHaveProperty(reference!.split('/').at(-1)!);
      }
    }
  });

  it('gives every body that a route takes a schema', () => {
    const bodies = operations.filter(({ operation }) => operation.requestBody).map(({ name, operation }) => ({ name, schema: operation.requestBody!.content['application/json']?.schema }));
    expect(bodies.length).toBeGreaterThan(4);
    for (const { name, schema } of bodies) expect({ name, given: schema?.$ref ?? schema?.type ?? schema?.anyOf ?? schema?.oneOf }).toEqual({ name, given: expect.anything() });
    expect(bodies).toContainEqual({ name: 'POST /api/v1/jira-cloud/workspaces', schema: { $ref: '#/components/schemas/CreateWorkspace' } });
  });

  it('has the successful answer of every route', () => {
    for (const { name, operation } of operations) {
      expect({ name, ends: Object.keys(operation.responses).filter((status) => Number(status) < 400).length }).toEqual({ name, ends: 1 });
    }
  });

  it('closes every route but webhooks, callbacks, sign-in, health, the link in a refusal and that for a Jira administrator', () => {
    const mayBePublic = /^(POST \/integration\/.+\/events|GET \/integration\/[^/]+\/callback|(GET|POST) \/auth\/.+|GET \/(healthz|readyz)|GET \/api\/v1\/deliveries\/\{id\}\/decision|POST \/api\/v1\/delegations\/open)$/;
    expect(document.security).toEqual([{ token: [] }, { session: [] }]);
    const open = operations.filter(({ operation }) => operation.security !== undefined);
    expect(open.map((one) => one.operation.security)).toEqual(open.map(() => []));
    expect(open.map((one) => one.name)).toEqual(operations.map((one) => one.name).filter((name) => mayBePublic.test(name)));
    for (const { name, operation } of operations) expect({ name, may401: '401' in operation.responses }).toEqual({ name, may401: operation.security === undefined });
  });

  it('speaks the dialect of 3.1: null is a type of its own', () => {
    const text = JSON.stringify(document);
    expect(text).toContain('{"type":"null"}');
    expect(text).not.toContain('"nullable"');
    expect(text).not.toMatch(/"exclusiveM(?:in|ax)imum":(?:true|false)/);
  });

  it('gives ids and times by their format', () => {
    expect(document.components.schemas['Job']).toMatchObject({ properties: { id: { type: 'string', format: 'uuid' }, createdAt: { type: 'string', format: 'date-time' } } });
  });

  it('can be browsed', async () => {
    const page = await fetch(`${stage.url}/api/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
  });
});

/** Reads Fastify's drawing of its routes: `METHOD /path`, with `{name}` for parameters, without HEAD and the documentation. */
function servedRoutes(drawing: string): string[] {
  const parents: string[] = [];
  return drawing.split('\n').flatMap((line) => {
    const [, indent, text, methods] = /^((?:│ {3}| {4})*)[└├]── (.+?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (text === undefined) return [];
    const depth = indent!.length / 4;
    parents.length = depth;
    parents[depth] = text;
    const path = parents.join('').replaceAll(/:(\w+)/g, '{$1}');
    if (DOCUMENTATION.test(path)) return [];
    return (methods ?? '').split(', ').filter((method) => method !== '' && method !== 'HEAD').map((method) => `${method} ${path}`);
  });
}
