/** What guessing programs try first. Not a measure of strength: a floor under it. */
const least = 10;
const leastDifferent = 5;
const leastDigits = 16;

/** Lower case; a password that contains one is guessed with it. */
const common = ["password", "passwort", "qwerty", "asterisk", "letmein", "changeme", "admin", "secret", "0123456789"];

/** Why a password is refused, without repeating it; undefined when it is not. */
export function passwordWeakness(user: string, password: string): string | undefined {
  const lower = password.toLowerCase();
  if (password.length < least) return `is a password of fewer than ${least} characters`;
  if (lower.includes(user.toLowerCase())) return "is a password that contains the user name";
  if (new Set(password).size < leastDifferent) return "is a password of very few different characters";
  if (onlyDigits(password) && password.length < leastDigits) return "is a password of digits only";
  if (common.some((word) => lower.includes(word))) return "is a password that guessing programs begin with";
  return undefined;
}

function onlyDigits(text: string): boolean {
  for (const character of text) if (character < "0" || character > "9") return false;
  return true;
}
