import type * as keytar from 'keytar';
import { KEYCHAIN_SERVICE, keychainValueSchema } from '../../shared/connections/connectionsFile';
import type { ConnectionSecret } from '../../shared/ipc/connections';
import type { Redactor } from '../diagnostics/redact';

type Keytar = Pick<typeof keytar, 'getPassword' | 'setPassword' | 'deletePassword'>;

/** A keychain that waits for a person to unlock it may take a while; one that is broken must not block the app. */
const KEYCHAIN_LIMIT_MS = 20_000;
const PROBE_LIMIT_MS = 5_000;
/** A person who has asked to quit is kept waiting no longer, even if the keychain asks them something meanwhile. */
const SETTLE_LIMIT_MS = 5_000;

export type SecretPlace = 'none' | 'keychain' | 'session';

export interface SecretStore {
  /** Whether the system's keychain can be used, and the sentence to show when it cannot. */
  availability(): Promise<{ available: boolean; message?: string }>;
  /** Keeps a secret in the keychain, or until the app quits when there is none; says which. */
  keep(id: string, secret: ConnectionSecret): Promise<SecretPlace>;
  /** Keeps a secret until the app quits, whether or not there is a keychain. */
  keepForSession(id: string, secret: ConnectionSecret): void;
  find(id: string): Promise<ConnectionSecret | undefined>;
  forget(id: string): Promise<void>;
  /** Whether this session holds a secret of a connection. */
  isInSession(id: string): boolean;
  /** Settles when no call of the keychain is under way, or after a few seconds; the app waits for it before it quits. */
  settle(): Promise<void>;
}

const isEmpty = (secret: ConnectionSecret): boolean => !secret.password && !secret.certificateKeyPassword;

function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/**
 * Keeps secrets in the operating system's keychain by keytar, and nowhere else but this process's memory.
 * @param loadKeytar loads the native module at the first use, since it may be missing or unable to load
 */
export function createSecretStore(options: {
  loadKeytar: () => Promise<Keytar>;
  redactor: Redactor;
  onProblem: (text: string) => void;
}): SecretStore {
  const { loadKeytar, redactor, onProblem } = options;
  const session = new Map<string, ConnectionSecret>();
  let keychain: Promise<Keytar | undefined> | undefined;
  const underWay = new Set<Promise<unknown>>();

  /** Remembers a call while it is under way: the native module aborts a process that ends below one. */
  async function ask<T>(call: Promise<T>, limitMs: number): Promise<T> {
    underWay.add(call);
    const forget = (): unknown => underWay.delete(call);
    call.then(forget, forget);
    return withinLimit(call, limitMs);
  }

  /** The keychain, once it has proved that it answers. */
  function openKeychain(): Promise<Keytar | undefined> {
    keychain ??= (async () => {
      try {
        const chain = await loadKeytar();
        await ask(chain.getPassword(KEYCHAIN_SERVICE, 'availability'), PROBE_LIMIT_MS);
        return chain;
      } catch (error) {
        onProblem(`No keychain: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    })();
    return keychain;
  }

  function learn(secret: ConnectionSecret): ConnectionSecret {
    redactor.learn(secret.password);
    redactor.learn(secret.certificateKeyPassword);
    return secret;
  }

  return {
    async availability() {
      if (await openKeychain()) return { available: true };
      return {
        available: false,
        message: 'No keychain. The password is kept until you quit.',
      };
    },
    async keep(id, secret) {
      if (isEmpty(secret)) {
        await this.forget(id);
        return 'none';
      }
      learn(secret);
      const chain = await openKeychain();
      if (chain) {
        try {
          await ask(chain.setPassword(KEYCHAIN_SERVICE, id, JSON.stringify(secret)), KEYCHAIN_LIMIT_MS);
          session.delete(id);
          return 'keychain';
        } catch (error) {
          onProblem(
            `The keychain refused a secret: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
      }
      session.set(id, secret);
      return 'session';
    },
    keepForSession(id, secret) {
      session.set(id, learn(secret));
    },
    async find(id) {
      const held = session.get(id);
      if (held) return held;
      const chain = await openKeychain();
      const value = chain && (await ask(chain.getPassword(KEYCHAIN_SERVICE, id), KEYCHAIN_LIMIT_MS));
      if (!value) return undefined;
      const parsed = keychainValueSchema.safeParse(JSON.parse(value));
      return parsed.success ? learn(parsed.data) : undefined;
    },
    async forget(id) {
      session.delete(id);
      const chain = await openKeychain();
      if (chain) await ask(chain.deletePassword(KEYCHAIN_SERVICE, id), KEYCHAIN_LIMIT_MS);
    },
    isInSession: (id) => session.has(id),
    async settle() {
      await withinLimit(Promise.allSettled([...underWay]), SETTLE_LIMIT_MS).catch(() =>
        onProblem('The keychain did not answer before the app quit.'),
      );
      // Those who asked go on first.
      await new Promise(setImmediate);
    },
  };
}
