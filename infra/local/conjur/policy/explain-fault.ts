const TAGS =
  '!delete, !deny, !grant, !group, !host, !host-factory, !layer, !permit, !policy, !revoke, !user, !variable, !webservice';

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^Unexpected scalar$/, 'Please check the syntax for defining a new node.'],
  [/^Unrecognized data type/, `The tag must be one of the following: ${TAGS}`],
  [/',' or '\]'/, "This error can occur when you don't end a list properly, or have a problem element in the list"],
  [
    /',' or '}'/,
    "This error can occur when you don't end a mapping properly, or have a problem element in the mapping",
  ],
  [/'-' indicator/, 'This error can occur when you have an indentation problem'],
  [/^could not find expected ':'/, "This error can occur when you have a missing ':' or missing space after ':'"],
  [/while scanning a tag$/, 'Only one node can be defined per line.'],
  [/^Dependency cycle/, 'Try redefining one or both.'],
];

/** The advice that a dry run gives beside a fault; empty where there is none. */
export function explainFault(message: string): string {
  return ADVICE.find(([pattern]) => pattern.test(message))?.[1] ?? '';
}
