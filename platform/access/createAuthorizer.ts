import { HoldfastError } from '../HoldfastError.ts';
import type { Authorizer, Guard } from '../grpc/Authorizer.ts';
import type { CallMetadata } from '../grpc/ServerCall.ts';
import type { Credential } from './Credential.ts';
import type { Credentials } from './createCredentials.ts';
import { anonymous } from './Principal.ts';
import type { AccessRule } from './readAccess.ts';
import { KEY_HEADER, readSecret, TOKEN_HEADER } from './readSecret.ts';
import { roleName, roleOf } from './roles.ts';

// Who may call what: the rule that a method declares (readAccess) held against the key or session that a caller presents. What
// declares nothing may be called by nobody.

/** @param rules by the method's path */
export function createAuthorizer(
  rules: ReadonlyMap<string, AccessRule | null>,
  credentials: Pick<Credentials, 'find' | 'known' | 'onChange'>,
): Authorizer {
  return {
    guard: path => {
      const rule = rules.get(path) ?? null;
      if (rule === null) return closed(path);
      if (rule.$case === 'public') return open;
      const judge = judgeBy(rule, path.slice(1));
      return {
        admit: metadata => {
          const secret = readSecret(metadata);
          if (secret === null) throw nobody(path.slice(1));
          const found = credentials.find(secret);
          return found instanceof Promise ? found.then(judge) : judge(found);
        },
        watch: (metadata, onLost) => watch(metadata, judge, credentials, onLost),
      };
    },
  };
}

type Judge = (credential: Credential | undefined) => Credential;

const open: Guard = { admit: () => anonymous, watch: () => () => undefined };

const closed = (path: string): Guard => ({
  admit: () => {
    throw new HoldfastError(
      'permissionDenied',
      `${path.slice(1)} does not say who may call it, so nobody may: its .proto file lacks the option (holdfast.v1.access).`,
    );
  },
  watch: () => () => undefined,
});

function judgeBy(rule: AccessRule, method: string): Judge {
  const least = rule.$case === 'role' ? rule.value : 0;
  return credential => {
    if (credential === undefined) throw unknown(method);
    if (credential.mustChangePassword && !rule.beforePasswordChange)
      throw new HoldfastError(
        'permissionDenied',
        `${credential.name} logged in with a one-time password and has to change it before anything else: \`./holdfast login\`, or POST /v1/session:changePassword.`,
      );
    if (roleOf(credential.role) >= least) return credential;
    throw new HoldfastError(
      'permissionDenied',
      `${method} needs the role ${roleName(least) ?? 'that nobody has'}; ${credential.name} has ${credential.role}. Ask an admin, or present another key.`,
    );
  };
}

function watch(
  metadata: CallMetadata,
  judge: Judge,
  credentials: Pick<Credentials, 'known' | 'onChange'>,
  onLost: (error: HoldfastError) => void,
): () => void {
  const secret = readSecret(metadata) ?? '';
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(timer);
    try {
      const { expiresAt } = judge(credentials.known(secret));
      if (expiresAt === null) return;
      // Nothing says when time has passed; a timer takes no more than 2^31 ms.
      timer = setTimeout(look, Math.min(expiresAt - Date.now(), LONGEST_TIMER_MS)).unref();
    } catch (error) {
      end();
      if (error instanceof HoldfastError) onLost(error);
      else throw error;
    }
  };
  const forget = credentials.onChange(look);
  const end = (): void => {
    forget();
    clearTimeout(timer);
  };
  look();
  return end;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const nobody = (method: string): HoldfastError =>
  new HoldfastError(
    'unauthenticated',
    `${method} has to know who calls. Present an API key as ${KEY_HEADER} (gRPC metadata or HTTP header), or a session's token as ${TOKEN_HEADER}: Bearer. \`./holdfast key\` prints the one of this machine, \`./holdfast keys create\` makes one.`,
  );

const unknown = (method: string): HoldfastError =>
  new HoldfastError(
    'unauthenticated',
    `The API key or session presented to ${method} is not good here: it has ended, was revoked, or is of another installation. Log in again, or present another key.`,
  );
