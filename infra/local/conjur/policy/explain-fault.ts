const TAGS =
  '!delete, !deny, !grant, !group, !host, !host-factory, !layer, !permit, !policy, !revoke, !user, !variable, !webservice';

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/^block sequence entries/, "you have an unnecessary '-' at the beginning of a line"],
  [/^could not find expected ':'/, "you have a missing ':' or missing space after ':'"],
  [/'-' indicator/, 'you have an indentation problem'],
  [/',' or '\]'/, "you don't end a list properly, or have a problem element in the list"],
  [/',' or '}'/, "you don't end a mapping properly, or have a problem element in the mapping"],
  [/expected <document start>/, 'you have unnecessary white space on your YAML header'],
  [
    /expected alphabetic or numeric character/,
    'you have unexpected characters. Putting terms containing non-alphanumeric characters in quotes might help.',
  ],
  [/^did not find expected comment or line break/, 'you have a problem in a block scalar.'],
  [/expected hexdecimal number/, 'you have an unexpected backslash (\\) in the indicated line'],
  [
    /parsing a block node$/,
    'you have an unexpected character at the beginning of the node. Putting the node in quotes might help',
  ],
  [
    /parsing a flow node$/,
    'you have an unexpected character at the beginning of the node. putting the node in quotes might help',
  ],
];

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^Unexpected scalar$/, 'Please check the syntax for defining a new node.'],
  [/^Unrecognized data type/, `The tag must be one of the following: ${TAGS}`],
  [/^did not find expected whitespace or line break/, 'Only one node can be defined per line.'],
  [/^found a tab character that violates/, 'You must use spaces for indentation, not tabs.'],
  [/^Invalid IP address or CIDR range.*Did you mean/, ''],
  [
    /^Invalid IP address or CIDR range/,
    'Make sure your address or range is in the correct format (e.g. 192.168.1.0 or 192.168.1.0/16)',
  ],
  [/has a blank id$/, "Each resource must be identified using the 'id' field"],
  [/^Dependency cycle/, 'Try redefining one or both.'],
  ...CAUSES.map(([pattern, cause]) => [pattern, `This error can occur when ${cause}`] as const),
];

/** The advice that a dry run gives beside a fault; empty where there is none. */
export function explainFault(message: string): string {
  return ADVICE.find(([pattern]) => pattern.test(message))?.[1] ?? '';
}
