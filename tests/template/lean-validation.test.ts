import { createRequire } from 'node:module';
import fc from 'fast-check';

const require = createRequire(import.meta.url);
const { schemaFor } = require('../../resources/plugins/lean-validation.js');
// The framework's own, and its options: every error, and values that fit another type converted in place.
const { default: Ajv } = createRequire(require.resolve('serverless'))('ajv');
const ajv = new Ajv({ allErrors: true, coerceTypes: 'array', strict: false });

/** Few names, so that schemas and values often speak of the same ones. */
const name = fc.constantFrom('events', 'properties', 'items', 'Ref', 'a', 'b', 'c');

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('text', 'Ref', '1', 1, 2.5, true),
    fc.array(tie('any'), { maxLength: 2 }),
    fc.dictionary(name, tie('any'), { maxKeys: 3 }),
  ),
})).any;

const schema = fc.letrec((tie) => {
  const several = fc.array(tie('any'), { minLength: 1, maxLength: 3 });
  return {
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.record({ type: fc.constantFrom('string', 'integer', 'boolean') }),
      fc.record({ enum: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }) }),
      fc.record({ anyOf: several }),
      fc.record({ oneOf: several }),
      fc.record({ allOf: several }),
      fc.record({ not: tie('any') }),
      fc.record({ type: fc.constant('array'), items: tie('any') }, { requiredKeys: ['type'] }),
      fc.record(
        {
          type: fc.constant('object'),
          properties: fc.dictionary(name, tie('any'), { maxKeys: 4 }),
          patternProperties: fc.dictionary(fc.constantFrom('^[a-z]$', 'e'), tie('any'), { maxKeys: 1 }),
          additionalProperties: fc.oneof(fc.boolean(), tie('any')),
          required: fc.uniqueArray(name, { maxLength: 2 }),
        },
        { requiredKeys: ['type'] },
      ),
    ),
  };
}).any;

const verdictOn = (configuration: unknown, accordingTo: object) => {
  const holder = { configuration: structuredClone(configuration) };
  const validate = ajv.compile({
    type: 'object',
    properties: { configuration: accordingTo },
  });
  validate(holder);
  return { errors: validate.errors, ...holder };
};

test('what a configuration does not name has no part in whether it is valid, and why not', () => {
  fc.assert(
    fc.property(value, schema, (configuration, whole) => {
      const { properties } = schemaFor({ configuration }, { properties: { configuration: whole } });
      expect(verdictOn(configuration, properties.configuration)).toEqual(
        verdictOn(configuration, Object(whole)),
      );
    }),
    { numRuns: 150 },
  );
});

test('the parts of the schema that speak of other names are left out', () => {
  const whole = {
    properties: {
      provider: { properties: { name: { const: 'aws' }, vpc: { type: 'object' } } },
      functions: {
        patternProperties: {
          '^[a-z]+$': { properties: { timeout: { type: 'integer' }, image: { type: 'string' } } },
        },
      },
      layers: { type: 'object' },
    },
  };
  expect(schemaFor({ provider: { name: 'aws' }, functions: { one: { timeout: 3 } } }, whole)).toEqual({
    properties: {
      provider: { properties: { name: { const: 'aws' } } },
      functions: { patternProperties: { '^[a-z]+$': { properties: { timeout: { type: 'integer' } } } } },
    },
  });
});
