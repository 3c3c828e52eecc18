/**
 * The framework compiles a validator for whatever a configuration may hold: 9 MB of code, which takes seconds to make on
 * a new machine and most of a second to run in each command after that. Here it gets the part of its schema that speaks
 * of names which this configuration uses. A property that is not there is neither right nor wrong, so that the verdict
 * and its words stay the same.
 */
module.exports = class LeanValidationPlugin {
  constructor(serverless) {
    const handler = serverless.configSchemaHandler;
    const { validateConfig } = handler;
    handler.validateConfig = (configuration) => {
      handler.schema = schemaFor(configuration, handler.schema);
      return validateConfig.call(handler, configuration);
    };
  }
};

const isObject = (value) => typeof value === 'object' && value !== null;

const namesIn = (value, names = new Set(), seen = new Set()) => {
  if (!isObject(value) || seen.has(value)) return names;
  seen.add(value);
  for (const [name, below] of Object.entries(value)) {
    names.add(name);
    namesIn(below, names, seen);
  }
  return names;
};

const mapValues = (object, map) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));

const CONTAINERS = new Set(['patternProperties', 'definitions']);
const SUBSCHEMAS = new Set([
  ...['items', 'additionalItems', 'additionalProperties', 'contains', 'propertyNames'],
  ...['anyOf', 'allOf', 'oneOf', 'not', 'if', 'then', 'else'],
]);

/**
 * The part of a JSON Schema that a value can meet: without the properties whose names it does not use anywhere.
 * https://json-schema.org/draft-07/json-schema-validation
 */
const schemaFor = (value, schema) => {
  const names = namesIn(value);
  const pruned = (node) => {
    if (!isObject(node)) return node;
    if (Array.isArray(node)) return node.map(pruned);
    return Object.fromEntries(
      Object.entries(node).map(([keyword, part]) => {
        if (keyword === 'properties') {
          const used = Object.entries(part).filter(([name]) => names.has(name));
          return [keyword, mapValues(Object.fromEntries(used), pruned)];
        }
        if (CONTAINERS.has(keyword)) return [keyword, mapValues(part, pruned)];
        return [keyword, SUBSCHEMAS.has(keyword) ? pruned(part) : part];
      }),
    );
  };
  return pruned(schema);
};
module.exports.schemaFor = schemaFor;
