/** Lists and logs are read by more people than an issue, so e-mail addresses of people in Jira are not in them. */

const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;

/** The text with words in place of every e-mail address. */
export function withoutAddresses(text: string): string {
  return text.replace(EMAIL, '(e-mail address)');
}
