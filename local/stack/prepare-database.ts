import pg from 'pg';
import { DATABASE, type DatabaseOwner, OWNERS } from './database-owners.js';

const { escapeIdentifier: name, escapeLiteral: literal } = pg;

/**
 * Makes the roles and schemas of `OWNERS` in the database of this connection string, which must be an administrator's. May be
 * repeated. Each role owns its own schema and sees no other, except a reader the schemas of the role it reads.
 */
export async function prepareDatabase(adminUrl: string, passwords: Readonly<Record<string, string>>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ database: string; roles: string[] }>(
      'SELECT current_database() AS database, array(SELECT rolname::text FROM pg_roles) AS roles',
    );
    const database = name(rows[0]?.database ?? DATABASE);
    const roles = new Set(rows[0]?.roles);
    await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC; REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public');
    for (const owner of OWNERS)
      await client.query(statementsFor(owner, database, passwords[owner.role] ?? '', roles.has(owner.role)).join(';\n'));
  } finally {
    await client.end();
  }
}

function statementsFor(owner: DatabaseOwner, database: string, password: string, exists: boolean): string[] {
  const role = name(owner.role);
  const statements = [
    `${exists ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${literal(password)}`,
    `GRANT CONNECT, TEMPORARY${owner.makesSchemas ? ', CREATE' : ''} ON DATABASE ${database} TO ${role}`,
    // Lets an administrator who is no superuser hand schemas over.
    `GRANT ${role} TO CURRENT_USER`,
  ];
  if (owner.schema !== undefined) {
    statements.push(`CREATE SCHEMA IF NOT EXISTS ${name(owner.schema)} AUTHORIZATION ${role}`);
    statements.push(`ALTER ROLE ${role} IN DATABASE ${database} SET search_path = ${name(owner.schema)}, public`);
  }
  if (owner.reads !== undefined) {
    const made = `ALTER DEFAULT PRIVILEGES FOR ROLE ${name(owner.reads)}`;
    const schema = OWNERS.find((other) => other.role === owner.reads)?.schema;
    if (schema !== undefined) statements.push(`GRANT USAGE ON SCHEMA ${name(schema)} TO ${role}`);
    statements.push(`${made} GRANT USAGE ON SCHEMAS TO ${role}`, `${made} GRANT SELECT ON TABLES TO ${role}`);
    statements.push(`ALTER ROLE ${role} IN DATABASE ${database} SET default_transaction_read_only = on`);
  }
  return statements;
}
