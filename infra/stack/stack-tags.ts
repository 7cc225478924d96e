import { type ResolverContext, resolveListParam } from './resolver-context.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html */
const MAX_TAGS = 48;
const KEY = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/iu;
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u;

/**
 * `provider.stackTags` by the parameter `stack_tags`, such as `team=payments,cost-center=42`. CloudFormation puts them on the stack and on
 * whatever in it takes tags.
 * @throws Error for a text that is no tag, and for a name that is given twice
 */
export async function resolveStackTags(context: ResolverContext): Promise<Record<string, string>> {
  const pairs = (await resolveListParam(context, 'stack_tags')).map(toPair);
  const tags = Object.fromEntries(pairs);
  if (Object.keys(tags).length < pairs.length) throw new Error('The parameter stack_tags names a tag twice.');
  if (pairs.length > MAX_TAGS) throw new Error(`The parameter stack_tags must list ${MAX_TAGS} tags at most.`);
  return tags;
}

function toPair(text: string): [string, string] {
  const separator = text.indexOf('=');
  const [key, value] = [text.slice(0, separator), text.slice(separator + 1)];
  if (separator > 0 && KEY.test(key) && VALUE.test(value)) return [key, value];
  throw new Error(
    'The parameter stack_tags must list name=value, separated by commas. A name has 128 characters at most and does not begin with aws:.',
  );
}
