import type { MetricName } from '../../metrics/index.ts';
import type { ConsoleParts } from '../parts.ts';
import type { MapNode, NodeNumbers } from './wire.ts';

type Parts = Pick<ConsoleParts, 'provisioned' | 'runtime' | 'mappings' | 'store' | 'engines' | 'rights'>;

const RATE_SECONDS = 5;
const FAILED_SECONDS = 60;
/** Ages are measured once a minute. */
const AGE_SECONDS = 90;

type Reader = (metric: MetricName, statistic: 'Sum' | 'Maximum', seconds: number) => number | undefined;

const readerAt = (store: Parts['store'], now: number): Reader => {
  const end = Math.floor(now / 1_000) * 1_000;
  return (metric, statistic, seconds) => {
    const start = end - seconds * 1_000;
    return store.query({ ...metric, statistic, periodSeconds: seconds, start, end })[0]?.value;
  };
};

/** The metrics that one resource has in its service's namespace. */
const metricsOf =
  (namespace: string, dimensions: MetricName['dimensions']) =>
  (name: string): MetricName => ({ namespace, name, dimensions });

/** The numbers of every node at this moment. @throws when the messaging engine does not answer */
export const nodeNumbers = async (parts: Parts, nodes: readonly MapNode[]): Promise<NodeNumbers[]> => {
  const { provisioned, runtime, mappings, engines } = parts;
  const read = readerAt(parts.store, Date.now());
  const depths = await engines.queueDepths();
  const statuses = mappings.status();
  const activities = await parts.rights.activity();
  const [stage] = provisioned.ofType('AWS::ApiGatewayV2::Stage');

  const ofApi = ({ id }: MapNode): NodeNumbers => {
    const metric = metricsOf('AWS/ApiGateway', {
      ApiId: provisioned.resources.get(id)?.ref ?? id,
      Stage: String(stage?.properties.StageName),
    });
    const failed = read(metric('5xx'), 'Sum', FAILED_SECONDS) ?? 0;
    return {
      id,
      perSecond: (read(metric('Count'), 'Sum', RATE_SECONDS) ?? 0) / RATE_SECONDS,
      failed,
      ...(failed > 0 && { trouble: `${failed} 5xx responses in the last minute` }),
    };
  };
  const ofFunction = ({ id, name }: MapNode): NodeNumbers => {
    const metric = metricsOf('AWS/Lambda', { FunctionName: name });
    const failed = read(metric('Errors'), 'Sum', FAILED_SECONDS) ?? 0;
    return {
      id,
      perSecond: (read(metric('Invocations'), 'Sum', RATE_SECONDS) ?? 0) / RATE_SECONDS,
      inFlight: runtime.find(name) ? runtime.invocationsInFlight(name) : 0,
      failed,
      ...(failed > 0 && { trouble: `${failed} failed invocations in the last minute` }),
    };
  };
  const ofStream = ({ id }: MapNode): NodeNumbers => {
    const arn = provisioned.resources.get(id.replace(/:stream$/, ''))?.attributes.StreamArn;
    const readers = statuses.filter(({ eventSourceArn }) => eventSourceArn === arn);
    const ages = readers.map(({ functionName }) =>
      read(metricsOf('AWS/Lambda', { FunctionName: functionName })('IteratorAge'), 'Maximum', FAILED_SECONDS),
    );
    const isStopped = readers.some(({ state }) => state === 'Disabled');
    return {
      id,
      oldestSeconds: Math.round(Math.max(0, ...ages.map((age) => age ?? 0)) / 1_000),
      ...(isStopped && { trouble: 'an event source mapping is paused' }),
    };
  };
  const ofTopic = ({ id, name }: MapNode): NodeNumbers => {
    const metric = metricsOf('AWS/SNS', { TopicName: name });
    const failed = read(metric('NumberOfNotificationsFailed'), 'Sum', FAILED_SECONDS) ?? 0;
    return {
      id,
      perSecond: (read(metric('NumberOfMessagesPublished'), 'Sum', RATE_SECONDS) ?? 0) / RATE_SECONDS,
      failed,
      ...(failed > 0 && { trouble: `${failed} deliveries failed in the last minute` }),
    };
  };
  const ofQueue = ({ id, name, kind }: MapNode): NodeNumbers => {
    const depth = depths.get(name);
    const waiting = (depth?.visible ?? 0) + (depth?.delayed ?? 0);
    const inFlight = depth?.inFlight ?? 0;
    const isDead = kind === 'dead-letter queue' && waiting + inFlight > 0;
    const age = read(
      metricsOf('AWS/SQS', { QueueName: name })('ApproximateAgeOfOldestMessage'),
      'Maximum',
      AGE_SECONDS,
    );
    const oldest = waiting > 0 && age !== undefined ? { oldestSeconds: age } : {};
    return { id, waiting, inFlight, ...oldest, ...(isDead && { trouble: `${waiting + inFlight} given up` }) };
  };

  const ofStorage = ({ id }: MapNode): NodeNumbers => {
    const arn = provisioned.resources.get(id)?.attributes.Arn;
    const { perSecond = 0, failed = 0 } = activities.find(({ resource }) => resource === arn) ?? {};
    return {
      id,
      perSecond,
      failed,
      ...(failed > 0 && { trouble: `${failed} failed calls of functions in the last minute` }),
    };
  };

  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'api':
        return ofApi(node);
      case 'function':
        return ofFunction(node);
      case 'stream':
        return ofStream(node);
      case 'topic':
        return ofTopic(node);
      case 'queue':
      case 'dead-letter queue':
        return ofQueue(node);
      case 'table':
      case 'bucket':
        return ofStorage(node);
      default:
        return [];
    }
  });
};
