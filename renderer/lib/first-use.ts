/**
 * Makes it when it is first asked for, and once: for what the platform reads from disk and the first page does not need.
 *
 * @returns a function that gives it.
 */
export function onFirstUse<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
