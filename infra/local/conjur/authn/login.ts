/** The role that a login names: `alice` is a user, `host/app/one` a host. */
export function toRoleId(account: string, login: string): string {
  const at = login.indexOf('/');
  return at < 0 ? `${account}:user:${login}` : `${account}:${login.slice(0, at)}:${login.slice(at + 1)}`;
}

/** The login of a role, as `whoami` shows it. */
export function toLogin(roleId: string): string {
  const [, kind = '', ...id] = roleId.split(':');
  return kind === 'user' ? id.join(':') : `${kind}/${id.join(':')}`;
}
