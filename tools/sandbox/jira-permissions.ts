/** Who may do what: everybody everything but administration, unless a test takes a right away. */
import type { JiraStore } from './jira-store.ts';

export class Permissions {
  readonly #store: JiraStore;
  readonly #withheld = new Set<string>();

  constructor(store: JiraStore) {
    this.#store = store;
  }

  /** Takes a permission, for example ADD_COMMENTS, away from a person. */
  withhold(personId: string, permission: string): void {
    this.#withheld.add(`${personId} ${permission}`);
  }

  restore(personId: string, permission: string): void {
    this.#withheld.delete(`${personId} ${permission}`);
  }

  has(personId: string, permission: string): boolean {
    if (this.#withheld.has(`${personId} ${permission}`)) return false;
    return !permission.startsWith('ADMINISTER') || this.#store.person(personId).isAdmin;
  }
}
