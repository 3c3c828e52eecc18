const SHORTEST_SECRET = 6;

/** Every text in a secret: the whole, and the values in it when it is JSON. */
const textsIn = (value: string): string[] => {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null)
      return [value, ...Object.values(parsed).filter((part) => typeof part === 'string')];
  } catch {
    // A secret that is no JSON is one text.
  }
  return [value];
};

/** The text as it appears in a JSON string, and in JSON inside a JSON string. */
const escapedForms = (text: string): string[] => {
  const once = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  return [text, once, twice];
};

/**
 * Makes a function that replaces the values of secrets in JSON text; texts shorter than six characters are left.
 * @param values asked each time: secrets are made while the stack runs
 */
export const createRedactor = (values: () => readonly string[]): ((text: string) => string) => {
  let known = '';
  let forms: string[] = [];
  return (text) => {
    const current = values();
    const key = current.join('\0');
    if (key !== known) {
      known = key;
      forms = [
        ...new Set(
          current
            .flatMap(textsIn)
            .filter(({ length }) => length >= SHORTEST_SECRET)
            .flatMap(escapedForms),
        ),
      ].toSorted((left, right) => right.length - left.length);
    }
    return forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
  };
};
