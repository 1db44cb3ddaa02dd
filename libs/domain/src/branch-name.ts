/**
 * Names of branches that people may write.
 *
 * Stricter than git: the name goes into programs and addresses, so nothing that climbs (`..`) or looks like an option
 * (`--upload-pack=x`) is let through.
 */

/** Whether a branch of this name is accepted. */
export function isBranchName(name: string): boolean {
  if (name.length > 255 || !/^[A-Za-z0-9_][A-Za-z0-9._/#+-]*$/.test(name)) return false;
  return !name.includes('..') && !name.includes('//') && !/(?:\.lock|[/.])$/.test(name);
}
