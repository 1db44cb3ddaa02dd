/** The delivery could not be stored: the caller must answer 503, so that Jira sends it again. */
export class StoreUnavailable extends Error {
  constructor() {
    super('The delivery could not be stored. Jira sends it again after a few minutes.');
    this.name = 'StoreUnavailable';
  }
}
