import * as v from 'valibot';
import { AwsJsonError } from '../aws-json/aws-json-error.ts';

export interface EventEntry {
  readonly eventBusName: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EntryFailure {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

export type ParsedEntry = { readonly entry: EventEntry } | { readonly failure: EntryFailure };

const text = v.optional(v.string());
const entrySchema = v.object({ EventBusName: text, Source: text, DetailType: text, Detail: text });
const inputSchema = v.object({ Entries: v.pipe(v.array(entrySchema), v.minLength(1), v.maxLength(10)) });

/**
 * The entries of a PutEvents call, each with what is wrong with it, if anything is.
 *
 * @throws AwsJsonError ValidationException when the call as a whole is wrong.
 */
export function parseEntries(input: unknown): readonly ParsedEntry[] {
  const result = v.safeParse(inputSchema, input);
  if (result.success) return result.output.Entries.map(parseEntry);
  throw new AwsJsonError(
    'ValidationException',
    "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must be a list of 1 to 10 entries",
  );
}

function parseEntry({ EventBusName, Source, DetailType, Detail }: v.InferOutput<typeof entrySchema>): ParsedEntry {
  if (!Source) return missing('Source');
  if (Source.startsWith('aws.')) {
    return {
      failure: { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
    };
  }
  if (!DetailType) return missing('DetailType');
  if (!Detail) return missing('Detail');
  const detail = parseDetail(Detail);
  if (detail === undefined) return { failure: { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' } };
  return { entry: { eventBusName: EventBusName ?? 'default', source: Source, detailType: DetailType, detail } };
}

function missing(name: string): ParsedEntry {
  const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
  return { failure: { ErrorCode: 'InvalidArgument', ErrorMessage } };
}

function parseDetail(detail: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(detail);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
