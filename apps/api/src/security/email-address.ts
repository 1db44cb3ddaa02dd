/**
 * When two e-mail addresses are the same one. Only the letters A to Z are equal in both cases: the rules of Unicode also make others
 * equal to them (the sign of Kelvin is a k), and then the address of one person could be written as another address of somebody else.
 */

/** The form in which addresses are compared. */
export function normalEmail(email: string): string {
  return email.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function sameEmail(one: string, other: string): boolean {
  return normalEmail(one) === normalEmail(other);
}
