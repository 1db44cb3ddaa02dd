const SECRET_BYTES = 32;

/** A secret for the webhook: 32 random bytes in the URL-safe alphabet. Made by the browser, so that it can be copied before it is saved (decision 13). */
export function generateWebhookSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
