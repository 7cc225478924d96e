/** The functions of the bundle: folders of `functions/`, names in serverless.yml. */
export const FUNCTION_NAMES = ['read-secret', 'write-secret', 'rotate-key'] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];
