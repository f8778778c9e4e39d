// Bounded repeats: an unbounded scheme before `://` takes quadratic time on a long line.
const CREDENTIALS_IN_URL = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]{0,2000}@/gi;
const SECRET_OPTIONS =
  /((?:password|passphrase|secret|token|tlsCertificateKeyFilePassword)["']?\s*[=:]\s*["']?)[^&\s"',}]+/gi;
const MIN_SECRET_LENGTH = 4;

export interface Redactor {
  /** Makes known a secret, so that it is taken out of every text from now on, also percent-encoded. */
  learn(secret: string | undefined): void;
  /** The text without credentials of URLs, values of secret-looking options and every secret learnt. */
  redact(text: string): string;
}

/** What stands between any text of the app and a log, an error or a diagnostic. */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    learn(secret) {
      // Shorter ones would blank ordinary words and say more about the password than they hide.
      if (secret === undefined || secret.length < MIN_SECRET_LENGTH) return;
      secrets.add(secret);
      secrets.add(encodeURIComponent(secret));
    },
    redact(text) {
      let clean = text.replace(CREDENTIALS_IN_URL, '$1***@').replace(SECRET_OPTIONS, '$1***');
      for (const secret of secrets) clean = clean.split(secret).join('***');
      return clean;
    },
  };
}
