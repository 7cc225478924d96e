/** A variable as a policy load defines it. */
export interface VariableDefinition {
  /** Full id of the variable, as it is read and written: `litellm/key-1`. */
  readonly name: string;
  /** Content type that Conjur answers with when the value is read. */
  readonly mimeType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Rights on every variable that is made, given in the same load. */
export interface VariableGrants {
  /** Roles that get `[read, execute]`, by kind and full id: `group:litellm/readers`. */
  readonly read: readonly string[];
  /** Roles that get `[read, update]`. */
  readonly write: readonly string[];
}
