/**
 * Where a person goes after signing in. The wish comes from the address bar, so anybody can make a link with any wish in
 * it: only paths of this very site are accepted. Whatever could make a browser leave the site, now or after a proxy decoded
 * it once more, becomes `/`.
 */
const HOME = '/';
const MAX_LENGTH = 2000;
/** Any origin will do: it only shows whether a path stays on it. */
const HERE = 'http://here.invalid';

/** A safe form of the wish: always begins with exactly one slash. */
export function safeReturnPath(wish: unknown): string {
  if (typeof wish !== 'string' || wish.length > MAX_LENGTH || !isLocal(wish)) return HOME;
  const url = new URL(wish, HERE);
  // Resolving can bring slashes to the front: `/.//example.org` has the path `//example.org`.
  const path = url.pathname + url.search + url.hash;
  if (url.origin !== HERE || !isLocal(path)) return HOME;
  // Back to the sign-in routes would run in circles.
  return url.pathname.startsWith('/auth/') ? HOME : path;
}

/** True when the path stays here as written, and also when somebody decodes it up to three times on the way. */
function isLocal(path: string): boolean {
  let text = path;
  for (let round = 0; round < 4; round++) {
    if (!/^\/(?![/\\])/.test(text) || hasTrickyCharacters(text)) return false;
    const decoded = decodeOnce(pathPart(text)) + text.slice(pathPart(text).length);
    if (decoded === text) return true;
    text = decoded;
  }
  // Still escapes inside escapes: nobody writes such a path by accident.
  return false;
}

/** Backslashes count as slashes in browsers, control characters are dropped by them. */
function hasTrickyCharacters(text: string): boolean {
  return /[\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text);
}

function pathPart(text: string): string {
  return /^[^?#]*/.exec(text)![0];
}

/** Percent signs that are no escape are left alone. */
function decodeOnce(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
