import type { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

type Session = { readonly token: string | undefined; readonly begin: (signedIn: SignedIn) => void; readonly end: () => void };

const SessionContext = createContext<Session>({ token: undefined, begin: () => undefined, end: () => undefined });

/** Who is signed in on this page. Kept in memory alone: nothing another script or visitor could find is left behind. */
export const SessionProvider = ({ children }: { children: ReactNode }) => {
  const [token, setToken] = useState<string>();
  const session = useMemo(
    () => ({ token, begin: ({ accessToken }: SignedIn) => setToken(accessToken), end: () => setToken(undefined) }),
    [token],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
};

export const useSession = (): Session => useContext(SessionContext);
