/** A Conjur server that requests go to. */
export interface Server {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The base URL's own path, without a slash at the end. */
  readonly basePath: string;
}

export function toServer(url: URL): Server {
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}
