import { StoreError } from '../../../main/stores/store-error.ts';

/** The code of the StoreError that a call ends with; undefined if it ends well, the error itself as text if another. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return name(error);
  }
}

/** As `codeOf`, of a promise. */
export async function codeOfAsync(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return name(error);
  }
}

function name(error: unknown): string {
  return error instanceof StoreError ? error.code : String(error);
}
