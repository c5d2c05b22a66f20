/** Address of a buyer who wants the receipt by mail: the dialog and the payment system must agree on what one is. */

/** As long as a payment system takes it. */
export const LONGEST_EMAIL = 128;

/** Plain ASCII: it goes to a server, and a Cyrillic one is nearly always the wrong keyboard layout. */
const EMAIL = /^[\w.+%'-]+@[\w-]+(?:\.[\w-]+)*\.[a-z](?:[a-z0-9-]*[a-z0-9])$/i;

/** The plain form `имя@домен.зона`; whether it exists nobody can tell here. */
export function isEmail(text: string): boolean {
  return text.length <= LONGEST_EMAIL && EMAIL.test(text);
}
