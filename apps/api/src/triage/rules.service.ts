import { Injectable } from '@nestjs/common';
import type { ConnectionRules, ConnectionRulesView, ProjectRules, RulesPreview } from '@openhands-jira/contracts';
import { type DefaultRepositoryReading, readDefaultRepository } from '@openhands-jira/domain';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { isOwner, rulesOf, StoredRules } from '../connections/rules.service.js';
import { GitProviders } from '../git-providers/git-providers.service.js';
import type { Caller } from '../security/access.js';
import { type FieldError, notFound, Problem } from '../security/problem.js';
import { RulesPreviews } from './rules-preview.service.js';

/** The rules of a connection as its owner and administrators see and change them. */
@Injectable()
export class RulesOfConnections {
  constructor(
    private readonly connections: Connections,
    private readonly stored: StoredRules,
    private readonly gitProviders: GitProviders,
    private readonly previews: RulesPreviews,
  ) {}

  async show(caller: Caller, connectionId: string): Promise<ConnectionRulesView> {
    return this.view(caller, await this.lookedAfter(caller, connectionId));
  }

  /** Throws the problem that names each value which cannot be kept. */
  async save(caller: Caller, connectionId: string, wanted: ConnectionRules): Promise<ConnectionRulesView> {
    await this.lookedAfter(caller, connectionId);
    const saved = await this.stored.save(connectionId, this.kept(wanted), caller);
    if (saved.kind === 'gone') throw notFound('connection');
    if (saved.kind === 'not_yours') throw appsAreOfTheOwner();
    return this.view(caller, saved.row);
  }

  /** What rules that are not saved would have made of the latest deliveries. */
  async preview(caller: Caller, connectionId: string, wanted: ConnectionRules): Promise<RulesPreview> {
    const row = await this.lookedAfter(caller, connectionId);
    return this.previews.of(row, this.kept(wanted));
  }

  private async lookedAfter(caller: Caller, connectionId: string): Promise<ConnectionEntity> {
    const row = await this.connections.byId(connectionId);
    if (!row || !(caller.isAdmin || isOwner(row, caller))) throw notFound('connection');
    return row;
  }

  private view(caller: Caller, row: ConnectionEntity): ConnectionRulesView {
    return { rules: rulesOf(row), mayChangeApps: isOwner(row, caller), gitHosts: Object.keys(this.gitProviders.hosts()) };
  }

  /** As the rules are kept: repositories with their host, and no gate that asks for nothing. */
  private kept(wanted: ConnectionRules): ConnectionRules {
    const mistakes: FieldError[] = [];
    const rules: ConnectionRules = {
      ...wanted,
      defaultRepository: this.repository(wanted.defaultRepository, 'defaultRepository', mistakes),
      projects: wanted.projects.map((project, index) => ({
        ...project,
        defaultRepository: this.repository(project.defaultRepository, `projects.${index}.defaultRepository`, mistakes),
        gate: asksForNothing(project.gate) ? null : project.gate,
      })),
    };
    if (mistakes.length > 0) throw new Problem(400, 'validation_failed', 'Some repositories cannot be read. Each is named with what a good value looks like.', mistakes.slice(0, 20));
    return rules;
  }

  private repository(text: string | null, path: string, mistakes: FieldError[]): string | null {
    if (!text) return null;
    const reading = readDefaultRepository(text, this.gitProviders.hosts());
    if (reading.kind === 'repository') return reading.name;
    mistakes.push({ path, message: this.mistakeOf(reading) });
    return null;
  }

  private mistakeOf(reading: Exclude<DefaultRepositoryReading, { kind: 'repository' }>): string {
    switch (reading.kind) {
      case 'unknown_host': return `${reading.host} is no git host of this installation. These are: ${Object.keys(this.gitProviders.hosts()).join(', ')}.`;
      case 'host_needed': return `Write the git host before the name, for example ${reading.hosts[0]}/owner/name. It could be at any of ${reading.hosts.join(', ')}.`;
      case 'unreadable': return 'This is not one repository. Write it like in an issue, owner/name or its address, perhaps with @branch.';
    }
  }
}

function asksForNothing(gate: ProjectRules['gate']): boolean {
  return gate !== null && gate.labels.length + gate.statuses.length + gate.fields.length === 0;
}

function appsAreOfTheOwner(): Problem {
  return new Problem(403, 'forbidden', 'Only the owner of the connection changes which apps may ask, because their requests run in the owner\'s name and with the owner\'s rights. Send the list as it is, or ask the owner.');
}
