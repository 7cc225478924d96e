/** What Lambda says of the trace of an invocation, in `_X_AMZN_TRACE_ID`. */
interface Trace {
  /** X-Ray's id: `1-5759e988-bd862e3fe1be46a994272793`. */
  readonly traceId: string;
  readonly traceparent: string | undefined;
}

const ROOT = /(?:^|;)\s*Root=(1-([0-9a-f]{8})-([0-9a-f]{24}))(?:;|$)/;
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})(?:;|$)/;

/**
 * The trace of an invocation, as X-Ray names it and as the header `traceparent` of the W3C does: a trace that began at a caller goes on in
 * whatever Conjur, or a proxy in front of it, records.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 * @param header `Root=1-…;Parent=…;Sampled=1`
 */
export function parseTrace(header: string | undefined): Trace | undefined {
  const [, traceId, epoch, unique] = ROOT.exec(header ?? '') ?? [];
  if (traceId === undefined) return undefined;
  const [, parent] = PARENT.exec(header ?? '') ?? [];
  const sampled = /(?:^|;)\s*Sampled=1(?:;|$)/.test(header ?? '') ? '01' : '00';
  return { traceId, traceparent: parent === undefined ? undefined : `00-${epoch}${unique}-${parent}-${sampled}` };
}
