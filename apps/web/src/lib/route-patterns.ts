/**
 * Which address belongs to which screen. A pattern is a path whose parts are words or names of values: `/jobs/:id` is met by
 * `/jobs/7`, and its value `id` is then `7`.
 */

/** The values that a path holds, by their names in the pattern. */
export type PathValues = Record<string, string>;

/** The first pattern that a path meets, with the values in it; null when there is none. A slash at the end makes no difference. */
export function findPattern(pathname: string, patterns: string[]): { pattern: string; values: PathValues } | null {
  for (const pattern of patterns) {
    const values = valuesOf(pathname, pattern);
    if (values) return { pattern, values };
  }
  return null;
}

function valuesOf(pathname: string, pattern: string): PathValues | null {
  const parts = partsOf(pathname);
  const names = partsOf(pattern);
  if (parts.length !== names.length) return null;
  const values: PathValues = {};
  for (const [place, name] of names.entries()) {
    const part = parts[place]!;
    if (name.startsWith(':')) values[name.slice(1)] = part;
    else if (name !== part) return null;
  }
  return values;
}

function partsOf(path: string): string[] {
  return path.split('/').filter(Boolean);
}
