export type Credentials = { readonly username: string; readonly password: string };

/**
 * What the client needs to choose the unary append; never sent over an insecure connection. Throws for a secure
 * connection string that names no user.
 */
export const credentialsOf = (url: string): Credentials => {
  const [, username, password] = /^[^:]+:\/\/([^:@/]+):([^@]+)@/.exec(url) ?? [];
  if (username !== undefined && password !== undefined) {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  }
  if (/[?&]tls=false\b/i.test(url)) return { username: 'insecure', password: 'insecure' };
  throw new Error('a secure event store needs a user and password in its connection string');
};
