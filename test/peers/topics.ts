/** What every client is tried with. */
export const TOPICS = [
  'login',
  'read',
  'write',
  'batch',
  'list',
  'policy',
  'check',
  'rotation',
  'host factory',
  'other logins',
  'service',
] as const;

export type Topic = (typeof TOPICS)[number];
