import { type Behaviour, inArea, pages } from '../behaviour.ts';

const holds = inArea('Alarms');
const alarms = (name: string) => ({ file: 'alarms/alarms.test.ts', name });
const evaluation = (name: string) => ({ file: 'alarms/evaluation.test.ts', name });
const store = (name: string) => ({ file: 'metrics/metric-store.test.ts', name });

export const alarmRows: readonly Behaviour[] = [
  holds(
    'M out of N datapoints decide',
    pages.alarmEvaluation,
    alarms('on 2 out of 3 goes off with the second breach, and is back when only one is left'),
  ),
  holds(
    'every example of the page on missing data, premature alarms among them',
    pages.alarmMissingData,
    evaluation('missing data as %s: %s'),
  ),
  holds(
    'missing data treated as missing, ignore, breaching or notBreaching',
    pages.alarmMissingData,
    alarms('that treats missing data as %s becomes %s when data stop'),
  ),
  holds(
    'alarms on metrics of DynamoDB ignore missing data, whatever they say',
    pages.alarmMissingData,
    alarms('of the DynamoDB namespace ignores missing data whatever it says'),
  ),
  holds(
    'an alarm begins without data and changes its state once',
    pages.alarmEvaluation,
    alarms('begins without data, and changes its state once'),
  ),
  holds(
    'an alarm on a percentile may ignore few samples',
    pages.alarmPercentiles,
    alarms('on a percentile may ignore few samples'),
  ),
  holds(
    'an alarm counts its own dimensions only',
    pages.metricConcepts,
    alarms('counts only its own dimensions'),
  ),
  holds(
    'an alarm may look at an expression over metrics',
    pages.metricMath,
    alarms('of metrics and other expressions'),
  ),
  holds(
    'a composite alarm follows the alarms of its rule',
    pages.compositeAlarms,
    alarms('changes together with the alarm that it looks at, and says which'),
  ),
  holds(
    'alarms are evaluated every minute',
    pages.alarmEvaluation,
    alarms('evaluates just after every full minute until it is stopped'),
  ),
  holds(
    'an alarm whose actions are off notifies nobody',
    pages.alarmActions,
    alarms('with its actions off notifies nobody'),
  ),
  holds(
    'a datum belongs to its period',
    pages.metricConcepts,
    store('a datum belongs to the period that it falls in, and periods without data are missing'),
  ),
];
