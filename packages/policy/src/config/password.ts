/** What guessing programs try first. Not a measure of strength: a floor under it. */
const least = 10;
const leastDifferent = 5;
const leastDigits = 16;
/** Characters in a row that go up, down or stay: a random password of 18 has so many once in a million. */
const mostInRow = 5;

/** Lower case; a password that contains one is guessed with it. Written down by us, from what people do. */
const common = [
  ...[
    "password",
    "passwort",
    "passwd",
    "p@ssw0rd",
    "pa55w",
    "kennwort",
    "letmein",
    "changeme",
    "welcome",
    "willkommen",
  ],
  ...["qwerty", "qwertz", "asdfgh", "yxcvbn", "zxcvbn", "1q2w3e", "0123456789"],
  ...["admin", "secret", "geheim", "default", "master", "monkey", "dragon", "iloveyou", "summer20", "winter20"],
  ...["asterisk", "freepbx", "minisip", "sipserver", "telefon", "telephone", "extension", "voip"],
];

/**
 * Why a password is refused, without repeating it; undefined when it is not.
 * @param shortest fewer characters than by default where somebody else made it: a carrier
 */
export function passwordWeakness(user: string, password: string, shortest = least): string | undefined {
  const lower = password.toLowerCase();
  if (password.length < shortest) return `is a password of fewer than ${shortest} characters`;
  if (lower.includes(user.toLowerCase())) return "is a password that contains the user name";
  if (new Set(password).size < leastDifferent) return "is a password of very few different characters";
  if (onlyDigits(password) && password.length < leastDigits) return "is a password of digits only";
  if (common.some((word) => lower.includes(word))) return "is a password that guessing programs begin with";
  if (longestRow(lower) > mostInRow) return "is a password with a row of characters, like 123456";
  if (isRepetition(lower)) return "is a password that says one thing twice";
  return undefined;
}

function onlyDigits(text: string): boolean {
  for (const character of text) if (character < "0" || character > "9") return false;
  return true;
}

function longestRow(text: string): number {
  let [longest, row, step] = [1, 1, Number.NaN];
  for (let i = 1; i < text.length; i++) {
    const next = text.charCodeAt(i) - text.charCodeAt(i - 1);
    if (next === step) row += 1;
    else [row, step] = [Math.abs(next) <= 1 ? 2 : 1, Math.abs(next) <= 1 ? next : Number.NaN];
    longest = Math.max(longest, row);
  }
  return longest;
}

function isRepetition(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period++) {
    if (text.startsWith(text.slice(period))) return true;
  }
  return false;
}
