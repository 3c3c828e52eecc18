import fc from 'fast-check';
import { evaluate, evaluationRange, type MissingData } from '../../src/alarms/evaluation.ts';

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const values = { X: 1, 0: 0, '-': undefined } as const;
const range = (picture: string) =>
  picture
    .split(' ')
    .flatMap((sign) => (sign in values ? [{ value: values[sign as keyof typeof values] }] : []));
const stateOf = (picture: string, datapointsToAlarm: number, treatMissingData: MissingData) =>
  evaluate(range(picture), {
    evaluationPeriods: 3,
    datapointsToAlarm,
    treatMissingData,
    breaches: (value) => value > 0,
  }).state;

const none = 'INSUFFICIENT_DATA';
const stays = undefined;

// The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html:
// the oldest datapoint first, X breaches, 0 does not, - is missing; evaluation periods 3, evaluation range 5.
describe.each([
  [3, '0 - X - X', ['OK', 'OK', 'OK', 'OK']],
  [3, '0 - - - -', ['OK', 'OK', 'OK', 'OK']],
  [3, '- - - - -', [none, stays, 'ALARM', 'OK']],
  [3, '0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [3, '- - X - -', ['ALARM', stays, 'ALARM', 'OK']],
  [3, '- - - - X', [none, stays, 'ALARM', 'OK']],
  [2, '0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, '0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, '0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  [2, '- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  [2, '- - - - X', [none, stays, 'ALARM', 'OK']],
  [2, '- - - X -', ['ALARM', stays, 'ALARM', 'OK']],
  // Not in the tables: enough real breaches need no filling.
  [2, '- X - X -', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [1, '- - - - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
] as const)('%s of 3, datapoints %s', (datapointsToAlarm, picture, states) => {
  test.each(treatments.map((treatment, index) => [treatment, states[index]] as const))(
    'missing data as %s: %s',
    (treatment, state) => {
      expect(stateOf(picture, datapointsToAlarm, treatment)).toBe(state);
    },
  );
});

test('with enough real datapoints the treatment of missing ones changes nothing', () => {
  const point = fc.constantFrom({ value: 0 }, { value: 1 }, { value: undefined });
  fc.assert(
    fc.property(
      fc.array(point, { minLength: evaluationRange(3), maxLength: evaluationRange(3) }),
      (points) => {
        const states = treatments.map(
          (treatMissingData) =>
            evaluate(points, {
              evaluationPeriods: 3,
              datapointsToAlarm: 2,
              treatMissingData,
              breaches: (value) => value > 0,
            }).state,
        );
        const real = points.filter(({ value }) => value !== undefined);
        if (real.length >= 3) expect(new Set(states).size).toBe(1);
        expect(states[2]).toBeDefined();
        expect(states[3]).toBeDefined();
      },
    ),
  );
});
