import { MARK_REGION, MARK_STAGE, type PortableParameter, toParameterName } from './portable-parameters.ts';

interface Replacement {
  readonly mark: string;
  /** What `Ref` and `${…}` name. */
  readonly reference: string;
  readonly isList: boolean;
}

/** Marks may hold others, as an ARN holds its region: the longest is replaced first. */
function listReplacements(parameters: readonly PortableParameter[]): Replacement[] {
  const own = parameters.map(({ name, mark, type }) => ({
    mark,
    reference: toParameterName(name),
    isList: type === 'CommaDelimitedList',
  }));
  const general = [
    { mark: MARK_REGION, reference: 'AWS::Region', isList: false },
    { mark: MARK_STAGE, reference: 'Stage', isList: false },
  ];
  return [...own, ...general].sort((a, b) => b.mark.length - a.mark.length);
}

/**
 * A node with every mark replaced by a reference to its parameter.
 * @throws Error for a mark where CloudFormation takes no reference
 */
export function replaceMarks(node: unknown, parameters: readonly PortableParameter[]): unknown {
  return replaceIn(node, listReplacements(parameters));
}

/** The parameters whose marks stand in a node, in texts or as numbers. */
export function findMarked(node: unknown, parameters: readonly PortableParameter[]): PortableParameter[] {
  const scalars = listScalars(node);
  return parameters.filter(({ mark }) =>
    scalars.some((scalar) => scalar === mark || (!isNumeric(mark) && scalar.includes(mark))),
  );
}

function listScalars(node: unknown): string[] {
  if (typeof node === 'object' && node !== null) return Object.values(node).flatMap(listScalars);
  return [String(node)];
}

/** Such a mark is a whole value: within a text the same digits are something else. */
function isNumeric(mark: string): boolean {
  return /^\d+$/.test(mark);
}

function replaceIn(node: unknown, replacements: readonly Replacement[]): unknown {
  if (typeof node === 'string' || typeof node === 'number') return replaceScalar(node, replacements);
  if (Array.isArray(node)) return replaceList(node, replacements);
  if (typeof node !== 'object' || node === null) return node;
  if ('Fn::Sub' in node) return replaceSub(node['Fn::Sub'], replacements);
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [replaceKey(key, replacements), replaceIn(value, replacements)]),
  );
}

function replaceScalar(value: string | number, replacements: readonly Replacement[]): unknown {
  const exact = replacements.find(({ mark, isList }) => !isList && mark === String(value));
  if (exact !== undefined) return { Ref: exact.reference };
  if (typeof value === 'number') return value;
  const text = insert(value.replaceAll('${', '${!'), replacements);
  return text === value ? value : { 'Fn::Sub': text };
}

/** A list parameter takes the place of the whole list. */
function replaceList(list: readonly unknown[], replacements: readonly Replacement[]): unknown {
  const whole = replacements.find(({ mark, isList }) => isList && list.length === 1 && list[0] === mark);
  return whole === undefined ? list.map((item) => replaceIn(item, replacements)) : { Ref: whole.reference };
}

function replaceSub(content: unknown, replacements: readonly Replacement[]): unknown {
  if (typeof content === 'string') return { 'Fn::Sub': insert(content, replacements) };
  const [text, variables] = content as [string, unknown];
  return { 'Fn::Sub': [insert(text, replacements), replaceIn(variables, replacements)] };
}

function insert(text: string, replacements: readonly Replacement[]): string {
  const within = replacements.filter(({ mark }) => !isNumeric(mark));
  return within.reduce((done, { mark, reference, isList }) => {
    if (!isList) return done.replaceAll(mark, `\${${reference}}`);
    if (done.includes(mark) && !done.endsWith(`/${mark}`))
      throw new Error(`A list cannot stand within a text: ${reference}.`);
    // CloudFormation cannot make an ARN for each item: such a resource of a policy is all of its kind.
    return done.replaceAll(mark, '*');
  }, text);
}

/** A logical id that ends with a value, such as an account's, goes without it: here there is one such resource. */
function replaceKey(key: string, replacements: readonly Replacement[]): string {
  const ending = replacements.find(({ mark }) => mark.length >= ACCOUNT_DIGITS && key.endsWith(mark));
  return ending === undefined ? key : key.slice(0, -ending.mark.length);
}

const ACCOUNT_DIGITS = 12;
