import { refusalTable } from '@tiketi/shared-kernel/service/problem.js';

/** Why the service says no. Unknown address, wrong password and account without a password are one refusal on purpose. */
export type Refusal = 'InvalidCredentials' | 'EmailTaken' | 'InvalidRefreshToken' | 'SessionEnded' | 'HashingOverloaded';

export const problemOf = refusalTable<Refusal>({
  InvalidCredentials: {
    status: 401,
    code: 'INVALID_CREDENTIALS',
    title: { ko: '이메일 또는 비밀번호가 올바르지 않습니다.', en: 'The email or the password is wrong.' },
  },
  EmailTaken: {
    status: 409,
    code: 'EMAIL_TAKEN',
    title: { ko: '이미 가입된 이메일입니다.', en: 'An account with this email exists already.' },
  },
  InvalidRefreshToken: {
    status: 401,
    code: 'REFRESH_TOKEN_INVALID',
    title: { ko: '로그인이 만료되었습니다. 다시 로그인해 주세요.', en: 'Your sign-in has ended. Please sign in again.' },
  },
  SessionEnded: {
    status: 401,
    code: 'SESSION_ENDED',
    title: { ko: '로그아웃된 세션입니다. 다시 로그인해 주세요.', en: 'You are signed out. Please sign in again.' },
  },
  HashingOverloaded: {
    status: 503,
    code: 'SIGN_IN_BUSY',
    title: {
      ko: '로그인 요청이 몰리고 있습니다. 잠시 후 다시 시도해 주세요.',
      en: 'Many people are signing in. Please try again shortly.',
    },
  },
});
