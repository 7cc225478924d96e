import type { ResolverContext } from './resolver-context.ts';

type Resolve<T> = (context: ResolverContext) => Promise<T>;

/**
 * The same resolver, whose refusals are told by their message alone: serverless prints the stack of what a resolver throws, and a
 * parameter that is wrong is no fault of the program. Of any other error the stack stays.
 */
export function withoutStack<T>(resolve: Resolve<T>): Resolve<T> {
  return async (context) => {
    try {
      return await resolve(context);
    } catch (error) {
      if (error instanceof Error && error.constructor === Error) error.stack = error.message;
      throw error;
    }
  };
}
