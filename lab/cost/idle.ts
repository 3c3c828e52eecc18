import type { Facts, QueueFacts } from '../capacity/facts.ts';
import { behaviourOf } from '../capacity/quotas.ts';
import type { Use } from './bill.ts';
import { assumed } from './prices.ts';

const HOUR = 3_600;
export const secondsOfAMonth = (): number => assumed('daysOfAMonth') * 24 * HOUR;

/** Pollers of an empty queue: with a maximum concurrency Lambda does not reduce them. */
const IDLE_POLLERS_WITHOUT_MAXIMUM = 2;

/**
 * Receives of a queue that brought nothing, a second: each poller asks again when its long poll ends before a message
 * came.
 */
export const emptyReceivesPerSecond = (
  { maximumConcurrency }: Pick<QueueFacts, 'maximumConcurrency'>,
  messagesPerSecond: number,
): number => {
  const pollers =
    maximumConcurrency === undefined ? IDLE_POLLERS_WITHOUT_MAXIMUM : behaviourOf('queuePollers');
  const expected = (messagesPerSecond / pollers) * behaviourOf('longPollSeconds');
  // As it is when nothing comes, without dividing by nothing.
  if (expected < 1e-9) return pollers / behaviourOf('longPollSeconds');
  return messagesPerSecond / Math.expm1(expected);
};

/** What stands there, whether or not anything is posted. */
export const idleUses = ({ resources, queues }: Facts): Use[] => {
  const count = (type: string): number =>
    Object.values(resources).filter((resource) => resource.Type === type).length;
  const use = (price: string, what: string, quantity: number): Use => ({
    part: 'idle',
    price,
    what,
    quantity,
  });
  const domains = count('AWS::OpenSearchService::Domain');
  return [
    use('alarm', 'metric alarms', count('AWS::CloudWatch::Alarm')),
    use('compositeAlarm', 'composite alarms', count('AWS::CloudWatch::CompositeAlarm')),
    use('dashboard', 'dashboards', count('AWS::CloudWatch::Dashboard')),
    use(
      'customMetric',
      'event counts of mappings that poll',
      count('AWS::Lambda::EventSourceMapping') * assumed('metricsOfAnIdleMapping'),
    ),
    use('secret', 'secrets', count('AWS::SecretsManager::Secret')),
    use('key', 'customer keys', count('AWS::KMS::Key')),
    use('searchNodeHour', 'search domain', (domains * secondsOfAMonth()) / HOUR),
    use('searchGb', "search domain's volume", domains * assumed('searchDomainGb')),
    use(
      'queueRequest',
      'polling empty queues',
      queues.reduce((sum, queue) => sum + emptyReceivesPerSecond(queue, 0), 0) * secondsOfAMonth(),
    ),
  ];
};
