/** A matcher of request lines, by method and by a pattern of the path with its query. */
export function matchRequest(method: string, path: RegExp): (requestLine: string) => boolean {
  return (requestLine) => {
    const [lineMethod, linePath = ''] = requestLine.split(' ');
    return lineMethod === method && path.test(linePath);
  };
}
