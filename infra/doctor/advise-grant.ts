/**
 * What to do where a privilege is missing: the policy statement that gives it.
 * @param resource as {@link toReference} writes it
 */
export function adviseGrant(login: string, privileges: string, resource: string): string {
  const role = login.startsWith('host/')
    ? toReference('host', login.slice('host/'.length))
    : toReference('user', login);
  return `Have it granted, by a policy load into root: - !permit { role: ${role}, privileges: [ ${privileges} ], resource: ${resource} }`;
}

/** A record of root, as a policy names it; quoted where YAML would read something else. */
export function toReference(kind: string, id: string): string {
  return `!${kind} ${/^[\w./@-]+$/.test(id) ? `/${id}` : JSON.stringify(`/${id}`)}`;
}
