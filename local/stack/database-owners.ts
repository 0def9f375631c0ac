/** Each deployable's database role, the schema it owns and what its unqualified names mean. */
export type DatabaseOwner = {
  part: string;
  role: string;
  schema?: string;
  /** May make schemas: a rebuild builds its next generation in one of its own. */
  makesSchemas?: true;
  /** May read whatever this other role makes, now and later. */
  reads?: string;
};

export const OWNERS: readonly DatabaseOwner[] = [
  { part: 'auth', role: 'tiketi_auth', schema: 'auth' },
  { part: 'catalog', role: 'tiketi_catalog', schema: 'catalog_service' },
  { part: 'reservation', role: 'tiketi_reservation', schema: 'reservation' },
  { part: 'payment', role: 'tiketi_payment', schema: 'payment' },
  { part: 'projectors', role: 'tiketi_projectors', schema: 'projectors', makesSchemas: true },
  { part: 'query-api', role: 'tiketi_query', reads: 'tiketi_projectors' },
];

export const DATABASE = 'tiketi';

/** The connection string of one part's role, on the server and database of an administrator's. */
export function ownerUrl(adminUrl: string, part: string, passwords: Readonly<Record<string, string>>): string {
  const owner = OWNERS.find((candidate) => candidate.part === part);
  if (!owner) throw new Error(`${part} has no database role`);
  const url = new URL(adminUrl);
  url.username = owner.role;
  url.password = passwords[owner.role] ?? '';
  return url.href;
}
