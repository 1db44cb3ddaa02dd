/** The delivery could not be stored: the caller must answer 503, so that Jira sends it again. */
export class StoreUnavailable extends Error {
  constructor() {
    super('The delivery could not be stored, because the database did not take it in time. A Jira that does not send it again is searched for what asked for work.');
    this.name = 'StoreUnavailable';
  }
}
