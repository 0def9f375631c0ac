/**
 * `npm run up --port 4000` without `--` makes npm take `--port` for a setting of its own: it arrives as npm_config_port, and
 * the number as a bare argument. This puts together what the person meant.
 */
export function upArguments(given, env) {
  const args = [...given];
  for (const name of ['port', 'host', 'replicas']) {
    const value = env[`npm_config_${name}`];
    if (value === undefined || args.includes(`--${name}`)) continue;
    const bare = ['true', ''].includes(value) ? args.shift() : value;
    if (bare !== undefined) args.push(`--${name}`, bare);
  }
  if (env.npm_config_fresh === 'true' && !args.includes('--fresh')) args.push('--fresh');
  if (env.npm_config_demo === '' && !args.includes('--no-demo')) args.push('--no-demo');
  return args;
}
