/** What is taken off every figure: the start of Node and of the runtime client. */
export const handler = async (): Promise<Record<string, never>> => ({});
