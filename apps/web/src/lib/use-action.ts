import { useCallback, useState } from 'react';
import { RequestFailed } from './api.js';

export type ActionResult<R> = { ok: true; value: R } | { ok: false; failure: RequestFailed };

export interface Action<A extends unknown[], R> {
  run: (...args: A) => Promise<ActionResult<R>>;
  pending: boolean;
  /** Of the last run; gone as soon as the next one begins. */
  failure: RequestFailed | null;
}

/**
 * Something that a person does and the server answers. Unlike a cached mutation it keeps nothing of what was sent, so
 * that secrets live only in their field. A failure is a value: the caller decides where it is shown.
 */
export function useAction<A extends unknown[], R>(perform: (...args: A) => Promise<R>): Action<A, R> {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<RequestFailed | null>(null);

  const run = useCallback(async (...args: A): Promise<ActionResult<R>> => {
    setPending(true);
    setFailure(null);
    try {
      return { ok: true, value: await perform(...args) };
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setFailure(error);
      return { ok: false, failure: error };
    } finally {
      setPending(false);
    }
  }, [perform]);

  return { run, pending, failure };
}
