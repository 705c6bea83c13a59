import * as v from 'valibot';

/** What the page sends: its own counter, a command's name, parameters that the dispatcher will check. */
const schema = v.strictObject({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  command: v.pipe(v.string(), v.maxLength(64)),
  params: v.exactOptional(v.unknown()),
});

/** @returns undefined for anything that is no request. */
export function parseSocketRequest(text: string): v.InferOutput<typeof schema> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
