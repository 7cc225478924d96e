/** The policy of an authenticator's service, with hosts that may log in through it. */
export function authenticatorPolicy(
  service: string,
  hosts: readonly { readonly id: string; readonly annotations?: Readonly<Record<string, string>> }[],
  variables: readonly string[] = [],
): string {
  const lines = [
    '- !policy',
    `  id: conjur/${service}`,
    '  body:',
    '  - !webservice',
    '  - !group apps',
    '  - !permit { role: !group apps, privileges: [ read, authenticate ], resource: !webservice }',
    ...variables.map((name) => `  - !variable ${name}`),
  ];
  for (const { id, annotations = {} } of hosts) {
    lines.push(`- !host { id: ${JSON.stringify(id)}, annotations: ${JSON.stringify(annotations)} }`);
    lines.push(`- !grant { role: !group conjur/${service}/apps, member: !host ${JSON.stringify(id)} }`);
  }
  return `${lines.join('\n')}\n`;
}
