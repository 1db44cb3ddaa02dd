import { Injectable, Optional } from '@nestjs/common';
import { lookup as dnsLookup } from 'node:dns';
import { isIP } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { Agent, request, type Dispatcher } from 'undici';
import { AppConfig } from '../config/config.js';
import { Figures } from '../config/figures.js';
import { type Note, traced } from '../config/tracing.js';
import { AddressGuard, type AddressReach } from './address-guard.js';
import type { PemCertificate } from './pem.js';
import { certificatesOfFile, TrustedCertificates } from './trusted-certificates.service.js';

/** Which part of an outgoing call failed. Each stage has another cure, so they are told apart. */
export type OutgoingStage = 'blocked' | 'dns' | 'tcp' | 'tls' | 'timeout' | 'protocol' | 'too_large';

/** An outgoing call that got no usable answer. The message holds the host and the stage, never a path, query or secret. */
export class OutgoingProblem extends Error {
  constructor(
    readonly stage: OutgoingStage,
    readonly host: string,
    readonly cause_code: string,
  ) {
    super(`${host}: ${STAGE_WORDS[stage]}${cause_code ? ` (${cause_code})` : ''}`);
    this.name = 'OutgoingProblem';
  }
}

const STAGE_WORDS: Record<OutgoingStage, string> = {
  blocked: 'this address may not be called',
  dns: 'the name could not be resolved',
  tcp: 'no connection could be made',
  tls: 'the certificate was not accepted',
  timeout: 'no answer in time',
  protocol: 'the connection broke',
  too_large: 'the answer is too large',
};

/** One outgoing call. */
export interface OutgoingRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  /** Whole call, default 20 s. */
  timeoutMs?: number;
  /**
   * `configured`: the address comes from the operator's configuration, so private ranges are allowed.
   * `organisation`: an administrator entered the address: private ranges are allowed, this machine itself and the metadata services
   * of clouds are not, except hosts in OUTBOUND_ALLOWED_HOSTS.
   * `public`: the host came from elsewhere (a Cloud site, a sandbox of the agent): https and public addresses only, except
   * hosts in OUTBOUND_ALLOWED_HOSTS.
   */
  reach: 'configured' | AddressReach;
  /** Largest answer in bytes, default 8 MiB. */
  maxBytes?: number;
}

/** The answer to an outgoing call. Redirects are answers: nobody follows them. */
export interface OutgoingAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The body as JSON, or undefined when it is none. */
  json(): unknown;
}

const DEFAULT_TIMEOUT_MS = 20_000;
/** To one host. All Cloud sites are behind one, so calls to some of them that wait for an answer must leave enough to the others. */
const CONNECTIONS = 256;
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;

/**
 * All calls that leave this process go through here: one place for time limits, size limits, trusted certificates and the
 * guard against private addresses. Redirects are never followed: a token must not travel to another host.
 */
@Injectable()
export class OutgoingHttp {
  private readonly guard: AddressGuard;
  private agents: Agents;

  /** `certificates` is left out where no database is; then those of the environment count. */
  constructor(
    config: AppConfig,
    @Optional() private readonly certificates?: TrustedCertificates,
    @Optional() private readonly figures?: Figures,
  ) {
    this.guard = new AddressGuard(config.env.OUTBOUND_ALLOWED_HOSTS);
    this.agents = newAgents(certificatesOfFile(config.env.TRUSTED_CA_CERTIFICATES), this.guard);
  }

  /** Makes the call. Throws `OutgoingProblem` when there is no usable answer; every HTTP status is an answer. */
  async request(call: OutgoingRequest): Promise<OutgoingAnswer> {
    const url = new URL(call.url);
    // The host alone: paths and queries may hold what people wrote, or a code.
    const attributes = { 'http.request.method': call.method, 'server.address': url.hostname };
    return traced(call.method, { kind: 'client', attributes }, (note) => this.measured(call, url, note));
  }

  private async measured(call: OutgoingRequest, url: URL, note: Note): Promise<OutgoingAnswer> {
    const begin = performance.now();
    let status = 'blocked';
    try {
      const answer = await this.send(call, url);
      status = String(answer.status);
      note({ 'http.response.status_code': answer.status });
      return answer;
    } catch (error) {
      if (error instanceof OutgoingProblem) status = error.stage;
      throw error;
    } finally {
      this.figures?.called(call.reach === 'public' ? null : url.hostname, status, (performance.now() - begin) / 1000);
    }
  }

  private async send(call: OutgoingRequest, url: URL): Promise<OutgoingAnswer> {
    if (call.reach !== 'configured') this.refuseUnsafe(url, call.reach);
    await this.renewAgents();
    try {
      const answer = await request(url, this.options(call));
      return await readAnswer(answer, url.hostname, call.maxBytes ?? DEFAULT_MAX_BYTES);
    } catch (error) {
      throw toProblem(error, url.hostname);
    }
  }

  /** Other trusted certificates need other connections. Calls that are under way end on the old ones. */
  private async renewAgents(): Promise<void> {
    const trusted = await this.certificates?.current();
    if (!trusted || trusted === this.agents.trusted) return;
    const { trusted: _, ...former } = this.agents;
    this.agents = newAgents(trusted, this.guard);
    for (const agent of Object.values(former)) void agent.close().catch(() => undefined);
  }

  private options(call: OutgoingRequest): Parameters<typeof request>[1] {
    const json = call.body !== undefined && typeof call.body !== 'string';
    return {
      method: call.method,
      headers: { 'user-agent': 'openhands-jira', ...(json && { 'content-type': 'application/json' }), ...call.headers },
      ...(call.body !== undefined && { body: json ? JSON.stringify(call.body) : (call.body as string) }),
      signal: AbortSignal.timeout(call.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      dispatcher: this.agents[call.reach],
    };
  }

  /** A host name is checked when it is resolved; an address written as a literal is never resolved, so it is checked here. */
  private refuseUnsafe(url: URL, reach: AddressReach): void {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (this.guard.isListed(host)) return;
    if (url.protocol !== 'https:') throw new OutgoingProblem('blocked', host, 'https only');
    if (isIP(host) && !this.guard.isAllowedAddress(host, reach)) throw new OutgoingProblem('blocked', host, 'private address');
  }
}

/** The connections that are made with one list of trusted certificates. */
interface Agents {
  trusted: readonly PemCertificate[];
  configured: Agent;
  organisation: Agent;
  public: Agent;
}

function newAgents(trusted: readonly PemCertificate[], guard: AddressGuard): Agents {
  const common = { connections: CONNECTIONS, keepAliveTimeout: 10_000, connectTimeout: 5000 };
  const connect = { timeout: 5000, ...tlsTrust(trusted) };
  return {
    trusted,
    configured: new Agent({ ...common, connect }),
    organisation: new Agent({ ...common, connect: { ...connect, lookup: guard.lookup(dnsLookup, 'organisation') } }),
    public: new Agent({ ...common, connect: { ...connect, lookup: guard.lookup(dnsLookup) } }),
  };
}

/**
 * What TLS connections trust: the system's certificates plus these, which alone would replace the system's. Read once,
 * because reading some 150 certificates for each connection takes longer than the connection.
 */
export function tlsTrust(trusted: readonly PemCertificate[]): { secureContext?: SecureContext } {
  if (trusted.length === 0) return {};
  return { secureContext: createSecureContext({ ca: [...getCACertificates('default'), ...trusted.map((one) => one.pem)] }) };
}

async function readAnswer(answer: Dispatcher.ResponseData<unknown>, host: string, maxBytes: number): Promise<OutgoingAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) {
      answer.body.destroy();
      throw new OutgoingProblem('too_large', host, `${maxBytes} bytes`);
    }
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: answer.statusCode, headers: flatHeaders(answer.headers), text, json: () => parseJson(text) };
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const TLS_CODES = /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_SSL)/;

function toProblem(error: unknown, host: string): OutgoingProblem {
  if (error instanceof OutgoingProblem) return error;
  const { name = '', code = '', cause } = error as { name?: string; code?: string; cause?: { code?: string } };
  const reason = cause?.code ?? code;
  if (reason === 'EBLOCKED') return new OutgoingProblem('blocked', host, 'private address');
  if (name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(reason)) return new OutgoingProblem('timeout', host, '');
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return new OutgoingProblem('dns', host, reason);
  if (TLS_CODES.test(reason)) return new OutgoingProblem('tls', host, reason);
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(reason)) return new OutgoingProblem('tcp', host, reason);
  return new OutgoingProblem('protocol', host, reason);
}

/**
 * How long an answer asks us to wait, in milliseconds: `Retry-After` as seconds or as a date, at least one second
 * (Data Center may say 0), at most an hour. Null when it does not ask.
 */
export function retryAfterMs(headers: Record<string, string>, now: Date): number | null {
  const value = headers['retry-after']?.trim();
  if (!value) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 1000), 3_600_000);
}
